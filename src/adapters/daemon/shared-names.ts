import type { Abortable } from '../../core/abort.ts'
import { Latest } from '../../core/latest.ts'
import type { ServiceNames } from '../../discovery/instance-set.ts'
import type { NamesMessage } from '../../protocol/server-message.ts'
import { GrowingRevision } from '../../discovery/growing-revision.ts'
import type { Outgoing } from './outbox.ts'

/** What a SharedNames needs. */
export interface SharedNamesOptions {
  /** Tells the daemon, if there is a connection. */
  readonly post: (message: Outgoing) => void
  /** Called when the last reader has left. */
  readonly onIdle: () => void
}

/** One watch of the service names at the daemon, read by any number in this process. */
export class SharedNames {
  readonly #options: SharedNamesOptions
  readonly #names = new Latest<ServiceNames>()
  readonly #revision = new GrowingRevision()
  #epoch: string | undefined
  #readers = 0

  constructor(options: SharedNamesOptions) {
    this.#options = options
  }

  /** Whether there is anything to go on with. */
  get hasNames(): boolean {
    return this.#names.value !== undefined
  }

  /** A connection to a daemon of that epoch is open. */
  open(epoch: string): void {
    this.#epoch = epoch
    this.#options.post({ type: 'watch-names' })
  }

  replace({ revision, names }: NamesMessage): void {
    const shown = this.#revision.shown(revision, this.#epoch)
    if (shown === this.#names.value?.revision) return
    this.#names.set(Object.freeze({ revision: shown, names: Object.freeze(names) }))
  }

  /** Ends every reader with `error`. */
  close(error: Error): void {
    this.#names.close(error)
  }

  /** The newest names at once, if there are any, then each newer ones. */
  async *read({ signal }: Abortable): AsyncGenerator<ServiceNames, void, void> {
    this.#readers++
    try {
      yield* this.#names.read({ signal })
    } finally {
      if (--this.#readers === 0) this.#options.onIdle()
    }
  }
}
