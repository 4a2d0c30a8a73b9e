import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingEngine, startZooKeeper } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

describe('The guide to ZooKeeper', { skip: missingEngine('zookeeper') }, () => {
  it('leads from nothing to a service that is found in ZooKeeper', async () => {
    await using zooKeeper = await startZooKeeper()
    await using trial = await Trial.open()
    const { client } = zooKeeper.ports
    const page = (await guide('zookeeper.md'))
      .replaceAll('127.0.0.1:2181', `127.0.0.1:${client}`)
      .replace('2181 }', `${client} }`)
    await trial.write(page, 'ts')
    const node = `"${process.execPath}" --conditions=ropewalk-development watch.ts`
    const { stdout, stderr, status } = await trial.run(`${blocks(page, 'sh').join('\n')}\n${node}`)
    assert.match(stdout, /\{"id":"42","name":"Ada"\}/, stderr)
    assert.match(stdout, /"serviceName": "users"/, stderr)
    assert.match(stdout, /[12] instances/, stderr)
    assert.equal(status, 0, stderr)
  })
})
