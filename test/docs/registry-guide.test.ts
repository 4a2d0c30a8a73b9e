import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ConsulFrontend } from '../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'

const guide = readFileSync(new URL('../../docs/guide/registry.md', import.meta.url), 'utf8')
const commands = [...guide.matchAll(/^```sh\n(curl [^]*?)^```$/gm)].map(([, command = '']) => command.trim())
const hasCurl = spawnSync('curl', ['--version']).status === 0

/** The exit status of curl for a stream that it was told to read for a second only. */
const TIMED_OUT = 28

/** What a command of the guide prints, with the daemon on `port`. */
async function printed(command: string, { port, lease }: { port: string; lease: string }): Promise<string> {
  const here = command.replaceAll('127.0.0.1:8500', `127.0.0.1:${port}`)
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', here], { env: { ...process.env, LEASE: lease } })
    return stdout
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    assert.equal(code, TIMED_OUT, command)
    return stdout
  }
}

describe('The guide to the registry', { skip: hasCurl ? false : 'curl is not installed' }, () => {
  it('shows commands that do what it says, in its order', async () => {
    const frontends = [new RestFrontend(), new ConsulFrontend()]
    await using daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends })
    await daemon.start()
    const { port } = new URL(daemon.endpoints[0] ?? '')
    let lease = ''
    const outputs: string[] = []
    for (const command of commands) {
      const output = await printed(command, { port, lease })
      assert.doesNotMatch(output, /"error"/, command)
      outputs.push(output)
      lease ||= /"lease":"([^"]+)"/.exec(output)?.[1] ?? ''
    }
    const expected = [
      /"uptimeMs"/,
      /"services":\[\]/,
      /"id":"users-1"/,
      /^\{"ttlMs":15000\}$/,
      /"weight":2/,
      /"known":true.*"zone":"berlin"/,
      /^id: .*\nevent: set\ndata: \{.*"users-1"/,
      /^id: .*\nevent: services\ndata: \{.*\["users"\]/,
      /"acknowledged":true/,
      /"watchers":\[\]/,
      /^$/,
      /"joined".*"updated".*"draining".*"revoked"/,
      /^\[\]$/,
    ]
    assert.equal(outputs.length, expected.length)
    for (const [at, pattern] of expected.entries()) assert.match(outputs[at] ?? '', pattern)
  })
})
