import { Store } from '../../../src/discovery/store/store.ts'
import { memory } from '../../conformance/memory.ts'
import { tryRegistry, type RegistryTrial } from '../../conformance/registry-trial.ts'
import { leasing } from '../../testing/registry-cases/mutants.ts'

const wrong = leasing(lease => ({ ttlMs: lease.ttlMs + 1 }))

/** A registry that hands out leases with a wrong TTL, and asks not to be closed twice. */
export const broken: RegistryTrial = {
  ...memory,
  deviations: { 'closes once, however often it is asked to': 'It is built that way.' },
  async start() {
    const started = await memory.start()
    return {
      stop: () => started.stop(),
      async open() {
        const fixture = await started.open()
        return { ...fixture, registry: wrong(fixture.registry, new Store()) }
      },
    }
  },
}

if (process.argv[1] === import.meta.filename) tryRegistry(broken)
