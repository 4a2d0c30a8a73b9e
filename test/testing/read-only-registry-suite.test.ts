import type { Instance } from '../../src/discovery/instance.ts'
import { KnownSets } from '../../src/discovery/read-only/known-sets.ts'
import { ReadOnlyRegistry } from '../../src/discovery/read-only/read-only-registry.ts'
import { readOnlyRegistrySuite } from '../../src/testing/read-only-registry-suite.ts'

const source = { async watched() {}, async close() {} }

function reader() {
  const sets = new KnownSets()
  return { sets, registry: new ReadOnlyRegistry({ url: 'list:', advice: 'ask Ada', sets, source }) }
}

readOnlyRegistrySuite('ReadOnlyRegistry', {
  open: () => {
    const { sets, registry: opened } = reader()
    sets.replaceAll([])
    const others: KnownSets[] = []
    const write = async (instances: readonly Instance[]) => {
      for (const each of [sets, ...others]) each.replaceAll(instances)
    }
    return Promise.resolve({
      registry: opened,
      peer: async () => {
        const peer = reader()
        peer.sets.replaceAll([])
        others.push(peer.sets)
        return peer.registry
      },
      write,
      close: async () => {},
    })
  },
})
