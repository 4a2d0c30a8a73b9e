import { describe, it } from 'node:test'
import { loadCases } from '../../../src/testing/registry-cases/load.ts'
import { catches, yielding } from './mutants.ts'

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
    await catches(loadCases, ['keeps 10,000 instances of one service'], full)
  })
})
