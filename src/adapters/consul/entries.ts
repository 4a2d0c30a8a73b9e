import { publish } from '../../core/event.ts'
import { createInstance } from '../../discovery/create-instance.ts'
import { SortedInstances } from '../../discovery/engine/sorted-instances.ts'
import type { Instance } from '../../discovery/instance.ts'
import { foreignInstance } from './foreign-instance.ts'
import { ownInstance } from './own-instance.ts'
import { recordIn } from './record.ts'
import { stateOf, type EntryState, type ServiceEntry } from './service-entry.ts'

interface KnownEntry {
  readonly version: string
  /** Undefined if it can be none, or is not alive. */
  readonly instance: Instance | undefined
}

/** How to read an answer. */
export interface EntriesReading {
  /** The name in Consul; it looks names up without regard to case. */
  readonly name: string
  /** Whether what was alive in the answer before and now fails its checks is kept, as `unconfirmed`. */
  readonly isLenient: boolean
}

/** The Instances of one service as answers of Consul have them, each read once per change of its own. */
export class Entries {
  readonly #serviceName: string
  readonly #sorted = new SortedInstances()
  #known = new Map<string, KnownEntry>()

  constructor(serviceName: string) {
    this.#serviceName = serviceName
  }

  /**
   * The Instances in the newest answer, in the order of their ids; what has not changed is the same object as before. Those with a critical
   * check are left out. Of several with one id (a process that went from one agent to another has left one behind) the newest counts.
   */
  read(entries: readonly ServiceEntry[], reading: EntriesReading): readonly Instance[] {
    const known = new Map<string, KnownEntry>()
    const newest = new Map<string, { instance: Instance; index: number }>()
    for (const entry of entries) {
      const { Node, Service } = entry
      if (Service.Service !== reading.name) continue
      const key = `${Node.Node}/${Service.ID}`
      const read = this.#read(entry, this.#known.get(key), reading.isLenient)
      known.set(key, read)
      const { instance } = read
      const index = Service.ModifyIndex
      if (instance && index >= (newest.get(instance.id)?.index ?? 0)) newest.set(instance.id, { instance, index })
    }
    this.#known = known
    this.#sorted.replace(Array.from(newest.values(), ({ instance }) => instance))
    return this.#sorted.list
  }

  #read(entry: ServiceEntry, before: KnownEntry | undefined, isLenient: boolean): KnownEntry {
    const state = stateOf(entry)
    const isKept = isLenient && state === 'critical' && before?.instance !== undefined
    const version = `${entry.Service.ModifyIndex} ${isKept ? 'kept' : state} ${entry.Node.Address}`
    if (before?.version === version) return before
    if (isKept) return { ...before, version, instance: unconfirmed(before.instance) }
    return { version, instance: this.#instance(entry, state) }
  }

  #instance(entry: ServiceEntry, state: EntryState): Instance | undefined {
    if (state === 'critical') return undefined
    try {
      const record = recordIn(entry.Service.Meta)
      if (record) return ownInstance(this.#serviceName, entry, { record, state })
      return foreignInstance(this.#serviceName, entry, state)
    } catch (error) {
      const { ID } = entry.Service
      const message = `What Consul has as "${ID}" of "${this.#serviceName}" cannot be an instance: it is left out`
      publish('registry', {
        level: 'warn',
        event: 'registry.instance-skipped',
        message,
        serviceName: this.#serviceName,
        id: ID,
        error,
      })
      return undefined
    }
  }
}

/** One that drains stays as it is: nobody is to come back to it. */
function unconfirmed(instance: Instance): Instance {
  return instance.status === 'ready' ? createInstance({ ...instance, status: 'unconfirmed' }) : instance
}
