import { describe, it } from 'node:test'
import { conflictCases } from '../../../src/testing/registry-cases/conflicts.ts'
import { catches, delegating } from './mutants.ts'

describe('conflictCases', () => {
  it('catch a registry where the last writer wins', async () => {
    const titles = [
      'refuses an id that another live process holds, and leaves the holder alone',
      'gives an id to exactly one of many who ask at once',
    ]
    await catches(conflictCases, titles, (registry, store) => ({
      ...delegating(registry),
      async register(instance, options) {
        const claim = store.rosters.find(instance.serviceName, instance.id)
        if (claim) store.leases.revoke(claim)
        return registry.register(instance, options)
      },
    }))
  })

  it('catch one that never gives an id away again', async () => {
    const taken = new Set<string>()
    await catches(conflictCases, ['gives an id to another process once its holder has revoked it'], registry => ({
      ...delegating(registry),
      async register(instance, options) {
        const key = `${instance.serviceName}/${instance.id}`
        if (taken.has(key)) throw new Error('taken')
        taken.add(key)
        return registry.register(instance, options)
      },
    }))
  })
})
