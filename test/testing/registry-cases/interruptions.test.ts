import { describe, it } from 'node:test'
import { interruptionCases } from '../../../src/testing/registry-cases/interruptions.ts'
import { catches, delegating, leasing, yielding } from './mutants.ts'

describe('interruptionCases', () => {
  it('catch a registry that does not say that it is cut off', async () => {
    const silent = yielding((set, before) => (set.stale || set.revision === before?.revision ? [] : [set]))
    const titles = ['shows the last set as stale while it is cut off, and as current again after']
    await catches(interruptionCases, titles, silent)
  })

  it('catch one that shows nothing while it is cut off', async () => {
    const empty = yielding(set => [set.stale ? { ...set, instances: [] } : set])
    const titles = ['shows the last set as stale while it is cut off, and as current again after']
    await catches(interruptionCases, titles, empty)
  })

  it('catch one that resumes where it was, not where the others are', async () => {
    const stuck = yielding((set, before) => [before && !set.stale && before.stale ? { ...before, stale: false } : set])
    await catches(interruptionCases, ['misses nothing that others do while it is cut off'], stuck)
  })

  it('catch one that gives its lease up', async () => {
    const cowardly = leasing(lease => ({
      async renew(options) {
        await lease.revoke()
        await lease.renew(options)
      },
    }))
    await catches(interruptionCases, ['costs no registration when it heals in time'], cowardly)
  })

  it('catch one that cannot be left while it is cut off', async () => {
    await catches(interruptionCases, ['ends a watch that is given up while it is cut off'], registry => ({
      ...delegating(registry),
      watch: serviceName => registry.watch(serviceName),
    }))
  })
})
