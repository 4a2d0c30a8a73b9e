import { hostname } from 'node:os'
import { firstAborted } from '../../core/abort.ts'
import { systemClock } from '../../core/clock.ts'
import { systemRandom } from '../../core/random.ts'
import type {
  Engine,
  EngineCall,
  EngineClaim,
  EngineNames,
  EngineNotes,
  EngineSet,
  InstanceKey,
} from '../../discovery/engine/engine.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { BookKeys, Books } from './books.ts'
import { ClaimWatches } from './claim-watches.ts'
import { ConsulClaim } from './claim.ts'
import type { ClaimContext, HeldClaim } from './claim-context.ts'
import { ConsulClient, type ConsulClientOptions } from './client.ts'
import type { Entries } from './entries.ts'
import { KeyValue } from './key-value.ts'
import { consulName, serviceNameOf } from './names.ts'
import { ConsulNotes } from './notes.ts'
import { contentOf } from './request.ts'
import { Rights } from './rights.ts'
import { ServiceSets, type Change } from './service-sets.ts'
import { ConsulSession } from './session.ts'
import { SessionKeys } from './session-keys.ts'

/** Which Consul, and how to use it. */
export interface ConsulEngineOptions extends ConsulClientOptions {
  /** Who this is, for people: a drain that waits in vain names it. Default: the host and the process id. */
  readonly clientName?: string | undefined
  /** The folder in the key/value store below which Ropewalk keeps its books. Default `ropewalk`. */
  readonly folder?: string | undefined
  /** The TTL of this process's session, in milliseconds: Consul takes 10,000 to 86,400,000. Default 10,000. */
  readonly sessionTtlMs?: number | undefined
  /** How long after an instance has lapsed Consul removes it, in milliseconds; Consul makes it a minute at least. Default 60,000. */
  readonly removeAfterMs?: number | undefined
  /**
   * For how long, when Consul was lost and is back, an instance that was alive before is kept as `unconfirmed` though its checks fail, in
   * milliseconds: after a restart or a stop of Consul they do, until the instance has been heard of. Default 15,000.
   */
  readonly graceMs?: number | undefined
  /** How long a drain waits for watchers where the token does not allow them to leave notes, in milliseconds. Default 2,000. */
  readonly unnotedMs?: number | undefined
}

/** Consul as an Engine: see `ConsulRegistry`. */
export class ConsulEngine implements Engine {
  readonly url: string
  readonly notes: EngineNotes
  readonly #client: ConsulClient
  readonly #session: ConsulSession
  readonly #books: Books
  readonly #context: ClaimContext
  readonly #held = new Set<HeldClaim>()
  readonly #graceMs: number
  /** What was known of services when Consul was lost. */
  readonly #lost = new Map<string, Entries>()
  /** Counts the sets of a Consul that does not say its index. */
  #unnumbered = 0
  /** Counts the times that an index went back, each of which may be a restored snapshot: other data under the same epoch. */
  #resets = 0

  constructor(options: ConsulEngineOptions = {}) {
    const { clock = systemClock, random = systemRandom, sessionTtlMs = 10_000, folder = 'ropewalk' } = options
    const {
      clientName: name = `${hostname()}:${process.pid}`,
      removeAfterMs = 60_000,
      unnotedMs = 2_000,
      graceMs = 15_000,
    } = options
    const client = new ConsulClient(options)
    const rights = new Rights(client.url)
    const session = new ConsulSession({ client, clock, random, name, ttlMs: sessionTtlMs })
    const keyValue = new KeyValue(client)
    const [keys, sessionKeys] = [new BookKeys(folder), new SessionKeys(keyValue, session)]
    this.url = client.url
    this.#graceMs = graceMs
    this.#client = client
    this.#session = session
    this.#books = new Books({ keyValue, keys, rights })
    this.notes = new ConsulNotes({ sessionKeys, keys, rights, clock, quietMs: unnotedMs })
    const [books, watches] = [this.#books, new ClaimWatches(client, clock)]
    const own = { held: this.#held, holder: crypto.randomUUID(), name, removeAfterMs, locks: new Map<string, object>() }
    this.#context = { client, sessionKeys, keys, books, rights, watches, clock, ...own }
  }

  claim(key: InstanceKey): EngineClaim {
    return new ConsulClaim(key, this.#context)
  }

  async *follow(serviceName: string, { signal }: EngineCall): AsyncGenerator<EngineSet, void, void> {
    const sets = new ServiceSets(serviceName, {
      books: this.#books,
      clock: this.#context.clock,
      graceMs: this.#graceMs,
      entries: this.#lost.get(serviceName),
    })
    try {
      yield* sets.of(this.#changes(['health', 'service', consulName(serviceName)], { signal }), { signal })
    } finally {
      if (signal.aborted) this.#lost.delete(serviceName)
      else this.#lost.set(serviceName, sets.entries)
    }
  }

  async *followNames({ signal }: EngineCall): AsyncGenerator<EngineNames, void, void> {
    for await (const { content, ...position } of this.#changes(['catalog', 'services'], { signal })) {
      const present = Object.keys(content as object)
      const names = new Set<string>()
      for (const name of [...present, ...(await this.#books.names({ signal }))]) {
        const serviceName = serviceNameOf(name)
        if (serviceName !== undefined) names.add(serviceName)
      }
      yield { ...position, names: [...names].toSorted((one, other) => (one < other ? -1 : 1)) }
    }
  }

  async close({ signal }: EngineCall): Promise<void> {
    const revoked = Array.from(this.#held, claim => claim.abandon({ signal }))
    await Promise.allSettled(revoked)
    await this.#session.destroy({ signal }).catch(() => {})
    await this.#client.close()
  }

  /** Follows one endpoint until Consul is lost, or has ended our session and with it our notes. */
  async *#changes(path: readonly string[], { signal }: EngineCall): AsyncGenerator<Change, void, void> {
    const { ended } = this.#session
    using either = firstAborted([signal, ended])
    let epoch: string | undefined
    try {
      for await (const answer of this.#client.follow({ path }, either)) {
        if (answer.isReset) this.#resets++
        // Asked for after the answer, so that never what is left of lost data is taken for the present.
        if (epoch === undefined || answer.isReset) epoch = await this.#epoch(either)
        yield { epoch, revision: answer.index ?? ++this.#unnumbered, content: contentOf(answer) }
      }
    } catch (error) {
      if (ended?.aborted && !signal.aborted) throw new RegistryUnavailableError(this.url, { cause: error })
      throw error
    }
  }

  async #epoch(call: EngineCall): Promise<string> {
    const epoch = await this.#books.epoch(call)
    return this.#resets === 0 ? epoch : `${epoch} ${this.#resets}`
  }
}
