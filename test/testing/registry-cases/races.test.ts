import { describe, it } from 'node:test'
import { raceCases } from '../../../src/testing/registry-cases/races.ts'
import { catches, delegating, leasing } from './mutants.ts'

describe('raceCases', () => {
  it('catch a registry that registers again what a renewal misses', async () => {
    await catches(raceCases, ['never resurrects an instance by a renewal that races its revocation'], registry => ({
      ...delegating(registry),
      async register(instance, options) {
        const lease = await registry.register(instance, options)
        return Object.assign(Object.create(lease) as typeof lease, {
          lost: lease.lost,
          revoke: () => lease.revoke(),
          renew: async () => {
            await Promise.resolve()
            await registry.register(instance, options)
          },
        })
      },
    }))
  })

  it('catch one that does not keep changes in order', async () => {
    const late = leasing(lease => ({
      async update(changes) {
        if (changes.weight === 49) return lease.update(changes)
        await new Promise(setImmediate)
        return lease.update(changes)
      },
    }))
    await catches(raceCases, ['has the last of changes that are made without waiting'], late)
  })
})
