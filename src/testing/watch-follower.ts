import type { InstanceSet } from '../discovery/instance-set.ts'
import type { Registry } from '../discovery/registry.ts'

/** Reads a watch in the background and keeps what it yields. */
export class WatchFollower {
  readonly sets: InstanceSet[] = []
  /** What the watch ended with. */
  error: unknown
  readonly #controller = new AbortController()
  #held: PromiseWithResolvers<void> | undefined

  constructor(registry: Registry, serviceName: string) {
    void this.#read(registry, serviceName)
  }

  /** The newest set. */
  get set(): InstanceSet | undefined {
    return this.sets.at(-1)
  }

  /** The ids in the newest set, `id:status` where that is not ready. */
  get ids(): readonly string[] | undefined {
    return this.set?.instances.map(({ id, status }) => (status === 'ready' ? id : `${id}:${status}`))
  }

  /** Has it read on no more after its next set, until the returned function is called: a reader that is busy. */
  hold(): () => void {
    const held = Promise.withResolvers<void>()
    this.#held = held
    return () => {
      this.#held = undefined
      held.resolve()
    }
  }

  /** Ends the watch. */
  stop(): void {
    this.#controller.abort()
  }

  async #read(registry: Registry, serviceName: string): Promise<void> {
    try {
      for await (const set of registry.watch(serviceName, this.#controller)) {
        this.sets.push(set)
        await this.#held?.promise
      }
    } catch (error) {
      this.error = error
    }
  }
}
