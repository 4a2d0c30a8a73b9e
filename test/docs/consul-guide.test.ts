import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingEngine, startConsul } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

describe('The guide to Consul', { skip: missingEngine('consul') }, () => {
  it('leads from nothing to a service that is found in Consul, by others too', async () => {
    await using consul = await startConsul()
    await using trial = await Trial.open()
    const page = (await guide('consul.md')).replaceAll('127.0.0.1:8500', `127.0.0.1:${consul.ports.http}`)
    await trial.write(page, 'ts')
    const node = `"${process.execPath}" --conditions=ropewalk-development watch.ts`
    const { stdout, stderr, status } = await trial.run(`${blocks(page, 'sh').join('\n')}\n${node}`)
    assert.match(stdout, /\{"id":"42","name":"Ada"\}/, stderr)
    assert.match(stdout, /"serviceName": "users"/, stderr)
    assert.match(stdout, /"Service":"users"/, stderr)
    assert.match(stdout, /1 server of Consul at tcp:/, stderr)
    assert.equal(status, 0, stderr)
  })
})
