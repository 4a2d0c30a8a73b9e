import { DaemonRegistry } from '../src/adapters/daemon/index.ts'
import type { Instance } from '../src/discovery/instance.ts'
import type { Lease } from '../src/discovery/lease.ts'
import type { RegisterOptions } from '../src/discovery/registry.ts'
import { PATIENCE_MS } from './patience.ts'

/** More than any file of tests takes. */
const LASTING_MS = 3_600_000

/** A DaemonRegistry for tests in which nobody renews, however slow the machine: its leases do not lapse, and its requests have a minute. */
export class LastingRegistry extends DaemonRegistry {
  constructor(options: { host?: string; port: number }) {
    super({ requestMs: PATIENCE_MS, ...options })
  }

  override register(instance: Instance, options: RegisterOptions = {}): Promise<Lease> {
    return super.register(instance, { ttlMs: LASTING_MS, ...options })
  }
}
