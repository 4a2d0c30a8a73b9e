import { describe, it } from 'node:test'
import { limitCases } from '../../../src/testing/registry-cases/limits.ts'
import { catches, delegating, registering } from './mutants.ts'

describe('limitCases', () => {
  it('catch a registry that spoils what is not ASCII', async () => {
    const narrow = registering(instance => ({
      ...instance,
      tags: instance.tags.map(tag => tag.replaceAll(/[^ -~]/g, '?')),
    }))
    await catches(
      limitCases,
      ['keeps unicode, quotes, line breaks and what looks like markup in metadata and tags'],
      narrow,
    )
  })

  it('catch one that cuts what is long', async () => {
    const short = registering(instance => ({ ...instance, zone: instance.zone.slice(0, 64) }))
    await catches(limitCases, ['keeps everything at its limit'], short)
  })

  it('catch one that takes a weight of 0 for none', async () => {
    const generous = registering(instance => ({ ...instance, weight: instance.weight || 1 }))
    await catches(limitCases, ['keeps a weight of 0'], generous)
  })

  it('catch one that mends what is out of its limits', async () => {
    await catches(limitCases, ['refuses an instance out of its limits and lists nothing of it'], registry => ({
      ...delegating(registry),
      register: (instance, options) => registry.register({ ...instance, id: instance.id || 'a' }, options),
    }))
  })
})
