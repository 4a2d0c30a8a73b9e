import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freePort } from '../../src/cli/up/free-port.ts'
import { findEngine } from '../../tools/engines/find.ts'
import { missingEngine, startConsul } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

/** The program `consul`, in a folder of programs. */
async function writeConsul(folder: string): Promise<void> {
  const { command, args, env } = findEngine('consul')
  const variables = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`)
  const words = [command, ...args].map(word => `'${word}'`).join(' ')
  await writeFile(join(folder, 'consul'), `#!/bin/sh\n${variables.join('')}exec ${words} "$@"\n`, { mode: 0o755 })
}

describe('The guide to replacing Consul', { skip: missingEngine('consul') }, () => {
  it('leads from an agent to the daemon, which has its keys and the services of its configuration', async () => {
    await using agent = await startConsul({ isDev: true })
    await using trial = await Trial.open()
    const port = await freePort()
    const page = await guide('replacing-consul.md')
    await trial.write(page, 'hcl')
    await writeConsul(trial.folder)
    const [put = '', take = '', start = '', look = ''] = blocks(page, 'sh')
    const { stdout, stderr, status } = await trial.run(
      [
        `export CONSUL_HTTP_ADDR=127.0.0.1:${agent.ports.http}`,
        put,
        take,
        `export CONSUL_HTTP_ADDR=127.0.0.1:${port}`,
        start.replace('consul-compat agent', `consul-compat agent -http-port ${port} -dns-port -1`),
        look.replace(':8500', `:${port}`),
      ].join('\n'),
    )
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^Imported: greeting\nconsul\nweb\nhello\n\[\{.*"Port":8080.*"web-ttl"/m, stderr)
  })
})
