import { describe, it } from 'node:test'
import { watchCases } from '../../../src/testing/registry-cases/watching.ts'
import { catches, delegating, yielding } from './mutants.ts'

describe('watchCases', () => {
  it('catch a registry whose watch begins with the first change', async () => {
    const late = yielding((set, before) => (set.revision === 0 && !before ? [] : [set]))
    await catches(watchCases, ['yields a first set at once, of a service that nobody knows too'], late)
  })

  it('catch one that does not vouch for its sets though nothing was lost', async () => {
    const unsure = yielding(set => [{ ...set, settled: false }])
    await catches(watchCases, ['yields a first set at once, of a service that nobody knows too'], unsure)
  })

  it('catch one that takes an empty service for an unknown one', async () => {
    const unaware = yielding(set => [{ ...set, known: set.instances.length > 0 }])
    await catches(watchCases, ['tells a service that is empty from one that nobody knows'], unaware)
  })

  it('catch one whose revisions stand still', async () => {
    const still = yielding(set => [{ ...set, revision: 1 }])
    await catches(watchCases, ['shows a reader that keeps up every change, with revisions that grow'], still)
  })

  it('catch one that yields everything twice', async () => {
    const stammering = yielding(set => [set, set])
    const titles = [
      'shows a reader that keeps up every change, with revisions that grow',
      'wakes nobody for a change of another service',
    ]
    await catches(watchCases, titles, stammering)
  })

  it('catch one that changes a set it has handed out', async () => {
    const instances: unknown[] = []
    await catches(
      watchCases,
      ['hands out sets that never change again'],
      yielding(set => {
        instances.splice(0, instances.length, ...set.instances)
        return [{ ...set, instances: instances as never }]
      }),
    )
  })

  it('catch one whose watches all end with the first that does', async () => {
    await catches(watchCases, ['lets a reader leave by break, and goes on for the others'], registry => ({
      ...delegating(registry),
      async *watch(serviceName, options) {
        try {
          yield* registry.watch(serviceName, options)
        } finally {
          await registry.close()
        }
      },
    }))
  })
})
