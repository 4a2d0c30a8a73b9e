import assert from 'node:assert/strict'
import type { ServiceNames } from '../../discovery/instance-set.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

/** Keeps the newest names that belong to this case. */
function names(bench: RegistryBench): { seen: ServiceNames[]; own: () => readonly string[]; stop: () => void } {
  const seen: ServiceNames[] = []
  const controller = new AbortController()
  void (async () => {
    for await (const value of bench.registry.services(controller)) seen.push(value)
  })().catch(() => {})
  const own = () => seen.at(-1)?.names.filter(name => name.startsWith(bench.serviceName)) ?? []
  return { seen, own, stop: () => controller.abort() }
}

/** The service names a Registry knows. */
export const serviceNameCases: RegistryCases = {
  'yields the names that it knows at once, and then when one is added, in order': async bench => {
    const { seen, own, stop } = names(bench)
    await bench.until(() => seen.length === 1, 'the first names arrive')
    assert.deepEqual(own(), [])
    for (const suffix of ['-b', '-a', '-c']) {
      await bench.registry.register(bench.instance('a', { serviceName: `${bench.serviceName}${suffix}` }))
    }
    const expected = ['-a', '-b', '-c'].map(suffix => `${bench.serviceName}${suffix}`)
    await bench.until(() => own().length === 3, 'the names arrive')
    assert.deepEqual(own(), expected)
    stop()
  },

  'counts its revisions up': async bench => {
    const { seen, own, stop } = names(bench)
    for (let index = 0; index < 5; index++) {
      await bench.registry.register(bench.instance('a', { serviceName: `${bench.serviceName}-${index}` }))
    }
    await bench.until(() => own().length === 5, 'the names arrive')
    const revisions = seen.map(({ revision }) => revision)
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].toSorted((one, other) => one - other),
    )
    stop()
  },

  'shows the names that another process brings': async bench => {
    const { own, stop } = names(bench)
    const peer = await bench.peer()
    await peer.register(bench.instance('a'))
    await bench.until(() => own().length === 1, 'the name arrives')
    stop()
  },

  'does not take watching a service for knowing it': async bench => {
    const { seen, own, stop } = names(bench)
    await bench.follow()
    await bench.until(() => seen.length > 0, 'the first names arrive')
    await bench.settle()
    assert.deepEqual(own(), [])
    stop()
  },
}
