import { sleep } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { EngineCall, EngineNote, EngineNotes } from '../../discovery/engine/engine.ts'
import type { BookKeys } from './books.ts'
import type { Key, KeyEntry } from './key-value.ts'
import type { Rights } from './rights.ts'
import type { SessionKeys } from './session-keys.ts'

/** What ConsulNotes are made of. */
export interface ConsulNotesOptions {
  readonly sessionKeys: SessionKeys
  readonly keys: BookKeys
  readonly rights: Rights
  readonly clock: Clock
  /** The wait for watchers where the token allows no notes, in milliseconds. */
  readonly quietMs: number
}

/** Notes on who watches, as keys that the session of this process holds. Where the token allows none, a drain waits a quiet period instead. */
export class ConsulNotes implements EngineNotes {
  readonly #options: ConsulNotesOptions

  constructor(options: ConsulNotesOptions) {
    this.#options = options
  }

  async put(serviceName: string, { reader, name, revision }: EngineNote, call: EngineCall): Promise<void> {
    const { rights, sessionKeys } = this.#options
    const value = JSON.stringify({ name, revision })
    await rights.try(() => sessionKeys.hold(this.#key(serviceName, reader), value, call), false)
  }

  async remove(serviceName: string, reader: string, call: EngineCall): Promise<void> {
    const { rights, sessionKeys } = this.#options
    await rights.try(() => sessionKeys.letGo(this.#key(serviceName, reader), call), undefined)
  }

  async *follow(serviceName: string, call: EngineCall): AsyncGenerator<readonly EngineNote[], void, void> {
    const { rights, sessionKeys, keys, clock, quietMs } = this.#options
    if (rights.areDenied) {
      await sleep(clock, quietMs, call)
      yield []
    }
    for await (const entries of sessionKeys.keyValue.follow(keys.readers(serviceName), call)) yield entries.map(noteOf)
  }

  #key(serviceName: string, reader: string): Key {
    return [...this.#options.keys.readers(serviceName), reader]
  }
}

function noteOf({ key, value }: KeyEntry): EngineNote {
  const reader = key.slice(key.lastIndexOf('/') + 1)
  try {
    const { name, revision } = JSON.parse(value) as Partial<EngineNote>
    return { reader, name: String(name), revision: Number(revision) }
  } catch {
    // Somebody has written there what is no note: nobody is to be waited for.
    return { reader, name: reader, revision: Number.POSITIVE_INFINITY }
  }
}
