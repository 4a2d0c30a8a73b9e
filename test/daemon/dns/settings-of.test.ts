import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestTtlMs, settingsOf } from '../../../src/daemon/dns/settings-of.ts'

describe('settingsOf', () => {
  it('says by the name of a service, or by the longest beginning of it, how long its answers may be kept', () => {
    const { serviceTtlS } = settingsOf({
      ttlMs: 2_000,
      serviceTtlsMs: { '*': 5_000, 'we*': 7_000, 'web*': 9_000, Web: 11_000 },
    })
    assert.deepEqual(['web', 'web-1', 'west', 'db'].map(serviceTtlS), [11, 9, 7, 5])
    const plain = settingsOf({ ttlMs: 2_000, serviceTtlsMs: { web: 0 } })
    assert.deepEqual([plain.serviceTtlS('web'), plain.serviceTtlS('db'), plain.nodeTtlS], [0, 2, 2])
  })

  it('tells of the domains what Consul tells, or what is said', () => {
    assert.deepEqual(settingsOf({}).authority, { refreshS: 3_600, retryS: 600, expireS: 86_400, negativeTtlS: 0 })
    assert.equal(settingsOf({ authority: { retryS: 1 } }).authority.retryS, 1)
    assert.equal(settingsOf({ authority: { retryS: 1 } }).authority.refreshS, 3_600)
  })

  it('refuses times and limits that cannot be', () => {
    for (const options of [{ ttlMs: -1 }, { nodeTtlMs: 1e12 }, { serviceTtlsMs: { web: -1 } }, { addressesMax: 0 }])
      assert.throws(() => settingsOf(options), { code: 'ERR_DNS_SETTING' })
  })
})

describe('longestTtlMs', () => {
  it('is the longest that an answer of any service may be kept', () => {
    assert.equal(longestTtlMs({}), 0)
    assert.equal(longestTtlMs({ ttlMs: 2_000, serviceTtlsMs: { web: 5_000 } }), 5_000)
  })
})
