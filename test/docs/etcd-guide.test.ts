import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingEngine, startEtcd } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

describe('The guide to etcd', { skip: missingEngine('etcd') }, () => {
  it('leads from nothing to a service that is found in etcd', async () => {
    await using etcd = await startEtcd()
    await using trial = await Trial.open()
    const page = (await guide('etcd.md')).replaceAll('127.0.0.1:2379', `127.0.0.1:${etcd.ports.client}`)
    await trial.write(page, 'ts')
    const node = `"${process.execPath}" --conditions=ropewalk-development watch.ts`
    const { stdout, stderr, status } = await trial.run(`${blocks(page, 'sh').join('\n')}\n${node}`)
    assert.match(stdout, /\{"id":"42","name":"Ada"\}/, stderr)
    assert.match(stdout, /"serviceName": "users"/, stderr)
    assert.match(stdout, /[12] instances/, stderr)
    assert.equal(status, 0, stderr)
  })
})
