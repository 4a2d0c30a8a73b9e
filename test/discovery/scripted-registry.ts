import { abortable, type Abortable } from '../../src/core/abort.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance, InstanceInit } from '../../src/discovery/instance.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'

/** A set to push: everything has a default. */
export type SetInit = Partial<Omit<InstanceSet, 'instances'>> & {
  ids?: readonly string[]
  instances?: readonly Instance[]
}

/** An Instance of "users" that says nothing but its id, unless told otherwise. */
export function instance(id: string, init: Partial<InstanceInit> = {}): Instance {
  return createInstance({ serviceName: 'users', id, endpoints: [`tcp://${id}:80`], startedAt: 0, ...init })
}

/** A set of "users", by default settled and current. */
export function setOf({ ids = [], ...init }: SetInit): InstanceSet {
  const instances = ids.map(id => instance(id))
  return { serviceName: 'users', revision: 1, instances, known: true, settled: true, ageMs: 0, stale: false, ...init }
}

/** A Registry whose watches do exactly what a test tells them to. */
export class ScriptedRegistry {
  /** Every watch ever opened, oldest first. */
  readonly watches: ScriptedWatch[] = []

  /** The newest watch. */
  get newest(): ScriptedWatch {
    return this.watches.at(-1)!
  }

  watch(serviceName: string, { signal }: Abortable = {}): AsyncIterable<InstanceSet> {
    const watch = new ScriptedWatch(serviceName, signal)
    this.watches.push(watch)
    return watch.read()
  }
}

/** One open watch: an item of its script per `next()`. */
export class ScriptedWatch {
  readonly serviceName: string
  /** How many sets the reader has acknowledged by asking for the next. */
  acknowledged = 0
  closed = false
  readonly #signal: AbortSignal | undefined
  readonly #script: (InstanceSet | Error | 'end')[] = []
  #more = Promise.withResolvers<void>()

  constructor(serviceName: string, signal: AbortSignal | undefined) {
    this.serviceName = serviceName
    this.#signal = signal
  }

  /** Yields a set, throws an error, or ends. */
  push(item: SetInit | Error | 'end'): void {
    this.#script.push(item === 'end' || item instanceof Error ? item : setOf(item))
    this.#more.resolve()
  }

  async *read(): AsyncGenerator<InstanceSet, void, void> {
    try {
      for (;;) {
        const item = this.#script.shift()
        if (item === 'end') return
        if (item instanceof Error) throw item
        if (item) {
          yield item
          this.acknowledged++
        } else {
          this.#more = Promise.withResolvers()
          await abortable(this.#more.promise, this.#signal)
        }
      }
    } finally {
      this.closed = true
    }
  }
}
