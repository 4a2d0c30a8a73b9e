import { describe, it } from 'node:test'
import { leaseCases } from '../../../src/testing/registry-cases/leases.ts'
import { catches, delegating, leasing } from './mutants.ts'

describe('leaseCases', () => {
  it('catch a registry whose leases never lapse', async () => {
    await catches(leaseCases, ['removes an instance whose lease nobody renews, and tells its holder'], registry => ({
      ...delegating(registry),
      register: (instance, options) => registry.register(instance, { ...options, ttlMs: 600_000 }),
    }))
  })

  it('catch one that does not tell the holder of a loss', async () => {
    const silent = leasing(() => ({ lost: new AbortController().signal }))
    await catches(leaseCases, ['removes an instance whose lease nobody renews, and tells its holder'], silent)
  })

  it('catch one whose renewals are for nothing', async () => {
    const idle = leasing(() => ({ renew: async () => {} }))
    const titles = ['keeps an instance whose lease is renewed', 'refuses to renew or to change what has lapsed']
    await catches(leaseCases, titles, idle)
  })

  it('catch one whose old lease revokes the new one', async () => {
    await catches(leaseCases, ['does not mind revoking what has lapsed, and leaves its successor'], (registry, store) =>
      leasing(lease => ({
        async revoke() {
          const claim = store.rosters.find(lease.instance.serviceName, lease.instance.id)
          if (claim) store.leases.revoke(claim)
        },
      }))(registry, store),
    )
  })

  it('catch one that lets leases lapse early', async () => {
    const title = 'lists an instance until its TTL has passed since it was last renewed'
    await catches(leaseCases, [title], registry => ({
      ...delegating(registry),
      register: (instance, options) => registry.register(instance, { ...options, ttlMs: (options?.ttlMs ?? 0) * 0.9 }),
    }))
  })
})
