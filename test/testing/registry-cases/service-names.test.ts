import { describe, it } from 'node:test'
import { serviceNameCases } from '../../../src/testing/registry-cases/service-names.ts'
import { catches, delegating } from './mutants.ts'

describe('serviceNameCases', () => {
  it('catch a registry that does not sort', async () => {
    await catches(
      serviceNameCases,
      ['yields the names that it knows at once, and then when one is added, in order'],
      registry => ({
        ...delegating(registry),
        async *services(options) {
          for await (const { revision, names } of registry.services(options))
            yield { revision, names: names.toReversed() }
        },
      }),
    )
  })

  it('catch one that yields once only', async () => {
    const titles = ['counts its revisions up', 'shows the names that another process brings']
    await catches(serviceNameCases, titles, registry => ({
      ...delegating(registry),
      async *services(options) {
        for await (const names of registry.services(options)) {
          yield names
          break
        }
      },
    }))
  })

  it('catch one that knows what is merely watched', async () => {
    const watched = new Set<string>()
    await catches(serviceNameCases, ['does not take watching a service for knowing it'], registry => ({
      ...delegating(registry),
      watch(serviceName, options) {
        watched.add(serviceName)
        return registry.watch(serviceName, options)
      },
      async *services(options) {
        for await (const { revision, names } of registry.services(options))
          yield { revision, names: [...names, ...watched] }
      },
    }))
  })
})
