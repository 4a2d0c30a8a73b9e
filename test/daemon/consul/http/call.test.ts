import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { serveConsul } from '../consul-server.ts'

const ROUTES = [
  '/v1/agent/service/register',
  '/v1/agent/check/register',
  '/v1/agent/check/update/x',
  '/v1/catalog/register',
  '/v1/catalog/deregister',
  '/v1/session/create',
  '/v1/txn',
  '/v1/query/00000000-0000-0000-0000-000000000000',
]

const NAMES = [
  'ID',
  'Name',
  'Node',
  'Address',
  'Service',
  'Check',
  'Checks',
  'TTL',
  'Tags',
  'Meta',
  'KV',
  'Verb',
  'Key',
  'Value',
  'Port',
]

describe('Call', () => {
  it('refuses whatever body comes with 4xx or 500, or does it, and the daemon goes on', async t => {
    const { ask } = await serveConsul(t)
    const value = fc.letrec<{ node: unknown }>(tie => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>('set', 'get', '', 'web', '5s', null, true, 0, -1, 1e300, 'n0'),
        fc.string(),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...NAMES), tie('node'), { maxKeys: 4 }),
      ),
    })).node
    const body = fc.oneof(
      value.map(one => JSON.stringify(one) ?? ''),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ROUTES), body, async (path, text) => {
        const { status, text: said } = await ask('PUT', path, text)
        assert.doesNotMatch(said, /ERR_INTERNAL/, text)
        assert.ok([200, 400, 404, 409, 413, 500, 501].includes(status), `${status} for ${text}`)
      }),
      { numRuns: 400 },
    )
    assert.equal((await ask('GET', '/v1/status/leader')).status, 200)
  })
})
