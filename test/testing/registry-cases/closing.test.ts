import { describe, it } from 'node:test'
import { closingCases } from '../../../src/testing/registry-cases/closing.ts'
import { catches, delegating } from './mutants.ts'

describe('closingCases', () => {
  it('catch a registry that closes in name only', async () => {
    const titles = ['ends its watches with RegistryClosedError', 'refuses everything once it is closed']
    await catches(closingCases, titles, registry => ({ ...delegating(registry), close: async () => {} }))
  })

  it('catch one whose watches just end', async () => {
    await catches(closingCases, ['ends its watches with RegistryClosedError'], registry => ({
      ...delegating(registry),
      async *watch(serviceName, options) {
        try {
          yield* registry.watch(serviceName, options)
        } catch {}
      },
    }))
  })

  it('catch one that minds being closed again', async () => {
    await catches(closingCases, ['closes once, however often it is asked to'], registry => {
      let closed = 0
      return {
        ...delegating(registry),
        async close() {
          closed++
          if (closed === 3) throw new Error('closed')
          await registry.close()
        },
      }
    })
  })
})
