import type { EngineCall } from '../../discovery/engine/engine.ts'
import type { Key, KeyValue } from './key-value.ts'
import { consulName } from './names.ts'
import type { Rights } from './rights.ts'

/** The keys that Ropewalk uses, below one folder. */
export class BookKeys {
  readonly #folder: Key

  /** `folder`: the parts of its path, joined by `/`. */
  constructor(folder: string) {
    this.#folder = folder.split('/').filter(part => part !== '')
  }

  /** Names the data. */
  get epoch(): Key {
    return [...this.#folder, 'epoch']
  }

  /** A key for each service name that there ever was. */
  get names(): Key {
    return [...this.#folder, 'names']
  }

  /** Held by the session of the process that has the Instance. */
  claim({ serviceName, id }: { serviceName: string; id: string }): Key {
    return [...this.#folder, 'claims', consulName(serviceName), consulName(id)]
  }

  /** A key for each process that watches the service, held by its session. */
  readers(serviceName: string): Key {
    return [...this.#folder, 'readers', consulName(serviceName)]
  }
}

/** What the books say where the token does not allow any: one epoch for ever. */
const UNKNOWN_EPOCH = 'unknown'

/** What Consul has no place for but must not forget: which data this is, and which names there ever were. */
export class Books {
  readonly #keyValue: KeyValue
  readonly #keys: BookKeys
  readonly #rights: Rights

  constructor({ keyValue, keys, rights }: { keyValue: KeyValue; keys: BookKeys; rights: Rights }) {
    this.#keyValue = keyValue
    this.#keys = keys
    this.#rights = rights
  }

  /** The id of the data, made by whoever comes first. */
  async epoch(call: EngineCall): Promise<string> {
    return this.#rights.try(() => this.#epoch(call), UNKNOWN_EPOCH)
  }

  /** Whether there ever was an Instance of this name. */
  async isKnown(serviceName: string, call: EngineCall): Promise<boolean> {
    const key = [...this.#keys.names, consulName(serviceName)]
    return this.#rights.try(async () => (await this.#keyValue.get(key, call)) !== undefined, false)
  }

  /** Remembers that there is one. */
  async mark(serviceName: string, call: EngineCall): Promise<void> {
    const key = [...this.#keys.names, consulName(serviceName)]
    if (await this.isKnown(serviceName, call)) return
    await this.#rights.try(() => this.#keyValue.create(key, '', call), false)
  }

  /** Every name that is remembered, as Consul has it. */
  async names(call: EngineCall): Promise<readonly string[]> {
    const folder = `${this.#keys.names.join('/')}/`
    const keys = await this.#rights.try(() => this.#keyValue.keys(this.#keys.names, call), [])
    return keys.map(key => key.slice(folder.length))
  }

  async #epoch(call: EngineCall): Promise<string> {
    for (;;) {
      const entry = await this.#keyValue.get(this.#keys.epoch, call)
      if (entry) return entry.value
      await this.#keyValue.create(this.#keys.epoch, crypto.randomUUID(), call)
    }
  }
}
