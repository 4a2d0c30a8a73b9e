import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import type { Memory } from '../../discovery/store/memory.ts'
import { MirroredRosters } from '../../discovery/store/mirrored-rosters.ts'
import { Owner } from '../../discovery/store/owner.ts'
import type { PreservationOptions } from '../../discovery/store/preservation.ts'
import { Rosters } from '../../discovery/store/rosters.ts'
import type { BackendSummary } from '../../protocol/rest.ts'
import type { RegistryData } from '../registry-data.ts'
import type { Turn } from '../turn.ts'
import type { Backend } from './backend.ts'
import { BackendHealth } from './backend-health.ts'
import { Followed } from './followed.ts'
import { FrontLeases } from './front-leases.ts'
import { Holdings } from './holdings.ts'

/** How a daemon is the front of a registry. */
export interface FrontDataInit {
  readonly backend: Backend
  readonly clock: Clock
  readonly turn: Turn
  readonly graceMs: number | undefined
  readonly quietMs: number | undefined
  /** When leases that should lapse are kept; undefined: never. */
  readonly preservation: PreservationOptions | undefined
  readonly memory?: Memory | undefined
  readonly onHealth: (error?: Error) => void
}

/**
 * What a front has in the place of a daemon's data: it reads another registry's services as they are told, holds there what is registered here, and keeps
 * nothing. Its epoch is its own, so that nobody goes on here from what another front, or this one before, has told.
 */
export function openFrontData(init: FrontDataInit): RegistryData {
  const { backend, clock, turn, graceMs = 3_000, quietMs = 1_000, preservation, memory, onHealth } = init
  const random = systemRandom
  const health = new BackendHealth(backend.url, onHealth)
  const followed = new Followed({ backend, health, clock, random })
  const holdings = new Holdings({ backend, health, clock, random, shown: name => followed.shown(name) })
  const defer = (task: () => void) => turn.at('notify', task)
  const common = { clock, settled: false, graceMs, quietMs, memory, defer }
  const held = new Rosters({ ...common, revision: 0 })
  const leases = new FrontLeases({ clock, rosters: held, graceMs, preservation }, holdings)
  const others = new Owner({ id: 'backend', name: backend.url }, { kind: 'timed', now: clock.now() })
  const rosters = new MirroredRosters({
    ...common,
    revision: Math.floor(clock.wallTime() * 1_000),
    source: followed,
    // What the Consul API of this front vouches for it has rows of its own of.
    holderOf({ serviceName, id }) {
      const owner = leases.find(serviceName, id)?.owner
      return owner?.kind === 'vouched' ? owner : others
    },
  })
  holdings.attach(leases)
  followed.start(rosters)
  const backendNow = (): BackendSummary => ({
    url: backend.url,
    reached: health.reached,
    followed: followed.size,
  })
  return {
    store: { epoch: randomUUID(), leases, rosters, graceMs, close: () => leases.close() },
    durability: holdings,
    backend: backendNow,
    handOver: signal => holdings.handOver({ graceMs, signal }),
    close() {
      followed.close()
      holdings.close()
    },
  }
}
