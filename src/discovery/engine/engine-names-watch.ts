import type { Abortable } from '../../core/abort.ts'
import { Latest } from '../../core/latest.ts'
import { GrowingRevision } from '../growing-revision.ts'
import type { ServiceNames } from '../instance-set.ts'
import type { Engine, EngineNames } from './engine.ts'
import type { EngineEpochs } from './engine-epochs.ts'
import { Follower, type FollowerContext } from './follower.ts'

/** What an EngineNamesWatch needs. */
export interface EngineNamesWatchOptions {
  readonly engine: Engine
  readonly context: FollowerContext
  readonly epochs: EngineEpochs
  /** Called when the last reader has left. */
  readonly onIdle: () => void
}

/** The service names of an engine followed once, and read by any number in this process. */
export class EngineNamesWatch {
  readonly #options: EngineNamesWatchOptions
  readonly #names = new Latest<ServiceNames>()
  readonly #revision = new GrowingRevision()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #told: EngineNames | undefined
  #readers = 0

  constructor(options: EngineNamesWatchOptions, after: Promise<unknown>) {
    this.#options = options
    this.#running = after.then(() => this.#follow())
  }

  /** Resolves when nothing of it is under way any more. */
  get ended(): Promise<void> {
    return this.#running
  }

  /** Ends every reader with `error`. */
  close(error: Error): void {
    this.#stopping.abort()
    this.#names.close(error)
  }

  /** The newest names at once, if there are any, then each newer ones. */
  async *read({ signal }: Abortable): AsyncGenerator<ServiceNames, void, void> {
    this.#readers++
    try {
      yield* this.#names.read({ signal })
    } finally {
      if (--this.#readers === 0) this.#leave()
    }
  }

  async #follow(): Promise<void> {
    const { engine, context } = this.#options
    const follower = new Follower<EngineNames>({
      context,
      prepare: async () => {},
      open: call => engine.followNames(call),
      accept: names => this.#accept(names),
      lose: () => {},
    })
    await follower.run(this.#stopping.signal)
  }

  #accept(told: EngineNames): void {
    const before = this.#told
    this.#options.epochs.saw(told.epoch)
    const isSameEpoch = told.epoch === before?.epoch
    if (isSameEpoch && (told.revision < before.revision || sameNames(told.names, before.names))) return
    const revision = this.#revision.shown(told.revision, told.epoch)
    this.#told = told
    this.#names.set(Object.freeze({ revision, names: told.names }))
  }

  #leave(): void {
    this.#stopping.abort()
    this.#options.onIdle()
  }
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at])
}
