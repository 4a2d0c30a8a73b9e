import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { endpoints, tableOf, withTable } from '../../tools/consul-api/document.ts'

const page = readFileSync(new URL('../../docs/reference/consul-api.md', import.meta.url), 'utf8')

describe('The page of the Consul API', () => {
  it('has every endpoint of the daemon, as the routes tell of it', () => {
    const renewed = withTable(page, tableOf(endpoints()))
    assert.equal(page, renewed, 'npm run consul-api-docs writes it anew')
  })

  it('says of every endpoint that is supported in part, or not, what is different', () => {
    const silent = endpoints().filter(({ support, note }) => support !== 'yes' && !note)
    assert.deepEqual(silent, [])
  })
})
