import { describe, it } from 'node:test'
import { loadCases } from '../../../src/testing/registry-cases/load.ts'
import { catches, delegating, yielding } from './mutants.ts'

const THOUSAND = 'brings every watch, quick or slow, old or new, through 1,000 fast changes in order'

describe('loadCases', () => {
  it('catch a registry that misses the last change now and then', async () => {
    const lossy = yielding((set, before) => (before && set.revision >= 990 ? [] : [set]))
    await catches(loadCases, [THOUSAND], lossy)
  })

  it('catch one that goes back once', async () => {
    const wavering = yielding((set, before) =>
      before && set.revision % 100 === 0 ? [set, { ...before, revision: set.revision + 0.5 }] : [set],
    )
    await catches(loadCases, [THOUSAND], wavering)
  })

  it('catch one that loses one of many', async () => {
    const full = yielding(set => [{ ...set, instances: set.instances.slice(0, 9990) }])
    await catches(loadCases, ['keeps 10,000 instances of one service, or as many as its pace allows'], full)
  })

  it('catch one that forgets a service of many', async () => {
    const title = 'keeps 1,000 services, or as many as its pace allows, and names them all'
    await catches(loadCases, [title], registry => ({
      ...delegating(registry),
      async *services(options) {
        for await (const { revision, names } of registry.services(options)) yield { revision, names: names.slice(1) }
      },
    }))
  })
})
