import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { registrySuite } from '../../src/testing/registry-suite.ts'

registrySuite('MemoryRegistry', {
  open: async () => {
    const clock = new FakeClock()
    const store = new Store({ clock })
    return {
      registry: new MemoryRegistry({ store }),
      peer: async () => new MemoryRegistry({ store }),
      advance: ms => clock.advance(ms),
      close: async () => store.close(),
    }
  },
})
