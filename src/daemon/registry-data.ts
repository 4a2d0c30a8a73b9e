import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { PreservationOptions } from '../discovery/store/preservation.ts'
import type { StoreLimits } from '../discovery/store/limits.ts'
import type { Memory } from '../discovery/store/memory.ts'
import { Store } from '../discovery/store/store.ts'
import { type Durability, inMemory } from './durability.ts'
import type { JournalError } from './errors.ts'
import { JournalFile } from './journal/journal-file.ts'
import { Journal } from './journal/journal.ts'
import type { BackendSummary } from '../protocol/rest.ts'
import type { Turn } from './turn.ts'

/** How many revisions may have been handed out since the journal was last written. */
const REVISIONS_UNWRITTEN_MAX = 1_000_000

/** How a daemon keeps its data. */
export interface RegistryDataInit {
  readonly clock: Clock
  readonly turn: Turn
  /** The folder of the journal; without it the data live in memory only. */
  readonly dataPath: string | undefined
  readonly graceMs: number | undefined
  readonly quietMs: number | undefined
  readonly preservation: PreservationOptions | undefined
  readonly limits?: Partial<StoreLimits> | undefined
  readonly memory?: Memory | undefined
  readonly onHealth: (error?: JournalError) => void
}

/** A Store with what keeps it: opened from the disk, or new. */
export interface RegistryData {
  readonly store: Store
  readonly durability: Durability
  /** What is behind a front; undefined where the data are its own. */
  readonly backend: (() => BackendSummary) | undefined
  /** Waits while the clients, who have been told to go, may go elsewhere, and what they hold with them: not where it is kept. Never rejects. */
  handOver(signal: AbortSignal): Promise<void>
  /** Writes what is left and lets go of the disk. The Store stays as it is. */
  close(): void
}

/**
 * Opens the data. Without earlier data the epoch is new and nothing is settled: what the daemon does not know may exist. Revisions begin
 * above everything that was ever handed out: above the journal's, and above the microseconds since 1970, which a registry that
 * lost its data does not outrun. Throws `JournalError`.
 */
export function openRegistryData(init: RegistryDataInit): RegistryData {
  return init.dataPath === undefined ? openInMemory(init) : openJournalled(init, init.dataPath)
}

function openInMemory(init: RegistryDataInit): RegistryData {
  const store = new Store({ ...storeInit(init), revision: wallRevision(init.clock), settled: false })
  return { store, durability: inMemory, backend: undefined, handOver: atOnce, close: () => {} }
}

function openJournalled(init: RegistryDataInit, dataPath: string): RegistryData {
  const { clock, turn, onHealth } = init
  const file = new JournalFile(dataPath, clock)
  const journal = new Journal({ file, turn, clock, onHealth })
  const head = file.head()
  const store = new Store({
    ...storeInit(init),
    epoch: head?.epoch ?? randomUUID(),
    revision: Math.max(wallRevision(clock), (head?.revision ?? 0) + REVISIONS_UNWRITTEN_MAX),
    settled: head !== undefined,
    records: file.claims(),
    journal,
  })
  journal.attach(store)
  return { store, durability: journal, backend: undefined, handOver: atOnce, close: () => journal.close() }
}

/** What of a Store is the same wherever its data are. */
function storeInit({ clock, turn, graceMs, quietMs, preservation, limits, memory }: RegistryDataInit) {
  const defer = (task: () => void) => turn.at('notify', task)
  return { clock, graceMs, quietMs, preservation, limits, memory, defer }
}

async function atOnce(): Promise<void> {}

function wallRevision(clock: Clock): number {
  return Math.floor(clock.wallTime() * 1_000)
}
