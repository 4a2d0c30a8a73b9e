import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dnsConfigOf } from '../../../src/cli/consul-compat/dns-config.ts'

describe('dnsConfigOf', () => {
  it('reads what an agent says of its answers', () => {
    const block = {
      only_passing: true,
      enable_truncate: true,
      udp_answer_limit: 2,
      a_record_limit: 4,
      node_ttl: '7s',
      service_ttl: [{ '*': '5s', web: '1m' }],
    }
    assert.deepEqual(dnsConfigOf(block, { refresh: 1, min_ttl: 4 }), {
      onlyPassing: true,
      truncate: true,
      udpAnswersMax: 2,
      addressesMax: 4,
      nodeTtlMs: 7_000,
      serviceTtlsMs: { '*': 5_000, web: 60_000 },
      authority: { refreshS: 1, negativeTtlS: 4 },
    })
  })

  it('goes by what there is where nothing is said, or what makes no sense', () => {
    const nothing = {
      onlyPassing: false,
      truncate: false,
      udpAnswersMax: undefined,
      addressesMax: undefined,
      nodeTtlMs: undefined,
      serviceTtlsMs: {},
      authority: {},
    }
    assert.deepEqual(dnsConfigOf({}, {}), nothing)
    assert.deepEqual(dnsConfigOf({ a_record_limit: 0, node_ttl: 'soon', service_ttl: { web: 5 } }, {}), nothing)
  })

  it('keeps answers no longer than they may be here', () => {
    assert.equal(dnsConfigOf({ node_ttl: '1000h' }, {}).nodeTtlMs, 604_800_000)
  })
})
