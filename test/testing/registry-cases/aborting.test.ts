import { describe, it } from 'node:test'
import { abortingCases } from '../../../src/testing/registry-cases/aborting.ts'
import { catches, delegating, leasing } from './mutants.ts'

describe('abortingCases', () => {
  it('catch a registry that registers for those who gave up', async () => {
    await catches(abortingCases, ['registers nothing when that is given up before'], registry => ({
      ...delegating(registry),
      async register(instance, options) {
        const lease = await registry.register(instance, { ...options, signal: undefined })
        options?.signal?.throwIfAborted()
        return lease
      },
    }))
  })

  it('catch one that heeds no signal', async () => {
    const titles = ['ends a watch that is given up before it begins', 'ends a watch that is given up while it waits']
    await catches(abortingCases, titles, registry => ({
      ...delegating(registry),
      watch: serviceName => registry.watch(serviceName),
    }))
    await catches(
      abortingCases,
      ['changes nothing when that is given up before'],
      leasing(lease => ({ update: changes => lease.update(changes) })),
    )
  })

  it('catch one that rejects with an error of its own', async () => {
    await catches(abortingCases, ['ends a watch that is given up while it waits'], registry => ({
      ...delegating(registry),
      async *watch(serviceName, options) {
        try {
          yield* registry.watch(serviceName, options)
        } catch (cause) {
          throw new Error('aborted', { cause })
        }
      },
    }))
  })

  it('catch one that changes nothing any more once a change was given up', async () => {
    const stuck = leasing(lease => {
      let givenUp = false
      return {
        async update(changes, options) {
          if (givenUp) return
          options?.signal?.addEventListener('abort', () => (givenUp = true))
          await lease.update(changes, options)
        },
      }
    })
    await catches(abortingCases, ['makes the changes that follow one that is given up meanwhile'], stuck)
  })
})
