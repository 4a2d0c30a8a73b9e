import type { EngineSet } from '../../discovery/engine/engine.ts'
import { SortedInstances } from '../../discovery/engine/sorted-instances.ts'
import type { View } from './follow.ts'
import { lastPart } from './layout.ts'
import { decodeInstance } from './record.ts'
import type { Snapshot } from './snapshot.ts'
import type { WatchEvent } from './watch-answer.ts'

/** The Instances of one service, from a snapshot on. */
export class ServiceView implements View<EngineSet> {
  readonly #serviceName: string
  readonly #epoch: string
  readonly #instances = new SortedInstances()
  #revision: number
  #known: boolean

  constructor(serviceName: string, { epoch, revision, entries, isMarked }: Snapshot) {
    this.#serviceName = serviceName
    this.#epoch = epoch
    this.#revision = revision
    this.#known = isMarked
    this.#instances.replace(entries.flatMap(entry => decodeInstance(serviceName, entry) ?? []))
  }

  get value(): EngineSet {
    return {
      epoch: this.#epoch,
      revision: this.#revision,
      known: this.#known,
      instances: this.#instances.list,
    }
  }

  apply(events: readonly WatchEvent[], revision: number): void {
    for (const event of events) this.#change(event)
    this.#revision = revision
    // Whoever writes an instance marks its service as known in the same transaction.
    this.#known = true
  }

  #change(event: WatchEvent): void {
    const instance = event.isDeletion ? undefined : decodeInstance(this.#serviceName, event)
    if (instance) this.#instances.put(instance)
    else this.#instances.remove(lastPart(event.key) ?? '')
  }
}
