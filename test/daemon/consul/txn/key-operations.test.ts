import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

describe('operateOnKey', () => {
  it('compares large flags and indexes exactly as they are written', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/txn', '[{"KV":{"Verb":"set","Key":"f","Flags":18446744073709551615}}]')
    assert.match((await ask('GET', '/v1/kv/f')).text, /"Flags":18446744073709551615,/)
  })
})
