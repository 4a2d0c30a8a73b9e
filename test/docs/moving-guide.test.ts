import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePort } from '../../src/cli/up/free-port.ts'
import { missingEngine, startEtcd } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

describe('The guide to moving between registries', { skip: missingEngine('etcd') }, () => {
  it('leads from a service in the one registry to copies in both that are found in both', async () => {
    await using etcd = await startEtcd()
    await using trial = await Trial.open()
    const port = await freePort()
    const page = (await guide('moving-between-registries.md'))
      .replaceAll('127.0.0.1:2379', `127.0.0.1:${etcd.ports.client}`)
      .replaceAll('127.0.0.1:8500', `127.0.0.1:${port}`)
    await trial.write(page, 'ts')
    const daemon = `npx ropewalk registry --memory --no-dns --listen tcp:${port}:interface=127.0.0.1 &`
    const steps = blocks(page, 'sh')
    const list = `${steps.pop()?.trim()} > listed`
    const listed = `for n in {1..150}; do ${list}; grep -q synced-from listed && break; sleep 0.2; done; cat listed`
    const { stdout, stderr, status } = await trial.run([daemon, ...steps, listed].join('\n'))
    assert.equal(stdout.match(/\{"id":"42","name":"Ada"\}/g)?.length, 2, stderr)
    assert.match(stdout, /"ropewalk.synced-from": "etcd:/, stderr)
    assert.equal(status, 0, stderr)
  })
})
