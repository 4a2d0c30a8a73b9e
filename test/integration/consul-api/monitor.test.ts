import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import { findEngine } from '../../../tools/engines/find.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine } from '../../engines/engines.ts'
import { type Sides, startSides } from './sides.ts'

/** Reads the log of an agent. Uncompressed, for of what it compresses Consul 1.8 sends nothing until much is there. */
async function read(t: TestContext, url: string): Promise<{ response: IncomingMessage; printed: () => string }> {
  const request = get(url)
  t.after(() => request.destroy())
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8').on('data', (part: string) => (text += part))
  response.on('error', () => {})
  return { response, printed: () => text }
}

/** Registers a service again and again, until the log tells of it. */
async function toldOf(url: string, printed: () => string): Promise<string> {
  let tries = 0
  const line = () => /^.*told-.*$/m.exec(printed())?.[0]
  await until(
    async () => {
      const body = JSON.stringify({ Name: `told-${tries++}` })
      await fetch(`${url}/v1/agent/service/register`, { method: 'PUT', body })
      return line() !== undefined
    },
    () => `the log tells of a service: ${printed()}`,
  )
  return line() ?? ''
}

describe('The log by the Consul API', { skip: missingEngine('consul') }, () => {
  let sides: Sides

  before(async () => {
    sides = await startSides()
  })

  after(() => sides[Symbol.asyncDispose]())

  it('is lines of the form that those of Consul have', async t => {
    for (const url of [sides.consul, sides.ours]) {
      const { response, printed } = await read(t, `${url}/v1/agent/monitor?loglevel=debug`)
      const { vary, 'content-type': type, 'transfer-encoding': encoding } = response.headers
      assert.deepEqual([response.statusCode, vary, type, encoding], [200, 'Accept-Encoding', undefined, 'chunked'])
      const line = await toldOf(url, printed)
      assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[(?:DEBUG|INFO)\] +\w+\S*: .*: .*=/)
    }
  })

  it('is objects with the names that those of Consul have, where that is asked for', async t => {
    for (const url of [sides.consul, sides.ours]) {
      const { printed } = await read(t, `${url}/v1/agent/monitor?loglevel=debug&logjson`)
      const names = Object.keys(JSON.parse(await toldOf(url, printed)) as object).filter(name => name.startsWith('@'))
      assert.deepEqual(names.toSorted(), ['@level', '@message', '@module', '@timestamp'])
    }
  })

  it('is printed by the consul program', async t => {
    const { command, args, env } = findEngine('consul')
    const child = spawn(command, [...args, 'monitor', '-log-level=debug'], {
      env: { ...process.env, ...env, CONSUL_HTTP_ADDR: sides.ours.replace('http://', '') },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    t.after(() => child.kill('SIGKILL'))
    let printed = ''
    child.stdout.on('data', (part: Buffer) => (printed += part.toString()))
    assert.match(await toldOf(sides.ours, () => printed), /\[DEBUG\] daemon: The service told-/)
  })
})
