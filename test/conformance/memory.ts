import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** MemoryRegistry, in fake time. */
export const memory: RegistryTrial = {
  title: 'MemoryRegistry',
  deviations: {},
  async start() {
    return { open: async () => openMemory(), stop: async () => {} }
  },
}

function openMemory() {
  const clock = new FakeClock()
  const store = new Store({ clock })
  return {
    registry: new MemoryRegistry({ store }),
    peer: async () => new MemoryRegistry({ store }),
    clock,
    advance: (ms: number) => clock.advance(ms),
    close: async () => store.close(),
  }
}
