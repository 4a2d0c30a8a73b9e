import { seededRandom } from '../../src/core/random.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import type { Store } from '../../src/discovery/store/store.ts'
import { SimulatedRegistry } from './simulated-registry.ts'
import { SimulatedServer } from './simulated-server.ts'

/** A simulated registry whose connection can be cut and whose server can be restarted, in fake time. */
export function simulatedFixture(): RegistryFixture & { store: Store } {
  const clock = new FakeClock()
  const random = seededRandom(1)
  const server = new SimulatedServer(clock)
  let opened = 0
  const open = () => new SimulatedRegistry(server, { id: `process-${++opened}`, clock, random, latencyMs: 0 })
  const registry = open()
  return {
    store: server.store!,
    registry,
    peer: async () => open(),
    clock,
    advance: ms => clock.advance(ms),
    async disconnect() {
      registry.cut()
      return async () => registry.heal()
    },
    async restart({ empty }) {
      server.stop()
      await clock.advance(500)
      server.start({ empty })
    },
    close: async () => server.stop(),
  }
}
