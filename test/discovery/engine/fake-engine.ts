import { setImmediate as nextTurn } from 'node:timers/promises'
import { abortable } from '../../../src/core/abort.ts'
import { Latest } from '../../../src/core/latest.ts'
import type {
  Engine,
  EngineCall,
  EngineClaim,
  EngineNames,
  EngineNote,
  EngineNotes,
  EngineSet,
  InstanceKey,
} from '../../../src/discovery/engine/engine.ts'
import { InstanceConflictError, LeaseLostError, RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { FakeEngineServer } from './fake-engine-server.ts'

/** Stands between a FakeEngine and its server: waits, fails, or loses an answer whose effect has taken place. */
export type FakeLink = <T>(effect: () => T, signal: AbortSignal) => Promise<T>

/** An Engine over a FakeEngineServer in this process, whose connection a test can cut, slow down and lose answers of. */
export class FakeEngine implements Engine {
  readonly url = 'fake://engine'
  readonly notes: EngineNotes | undefined
  readonly #server: FakeEngineServer
  readonly #clock: Clock
  /** Aborts when the connection is cut; another one is open at once, but while `down`. */
  #connection = new AbortController()
  /** Nothing reaches the server. */
  #down = false
  /** What is followed tells nothing while this is not resolved; what is opened later has another one. */
  #stall = { released: Promise.resolve() }
  link: FakeLink = quick

  constructor(server: FakeEngineServer, { clock, notes = true }: { clock: Clock; notes?: boolean }) {
    this.#server = server
    this.#clock = clock
    this.notes = notes ? this.#notes() : undefined
  }

  /** Cuts the connection; with `down` no other can be made until `connect`. */
  cut({ down = false }: { down?: boolean } = {}): void {
    this.#down = down
    this.#connection.abort(new RegistryUnavailableError(this.url, { cause: new Error('the connection was cut') }))
    this.#connection = new AbortController()
  }

  /** Has what is followed now tell nothing of changes from now on, until the returned function is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stall.released = promise
    this.#stall = { released: Promise.resolve() }
    return resolve
  }

  connect(): void {
    this.#down = false
  }

  /** The server takes this process for dead: its notes are gone, and with `records` its records too. */
  expire({ records = false }: { records?: boolean } = {}): void {
    this.#server.end(this, { records })
    this.cut({ down: this.#down })
  }

  claim(key: InstanceKey): EngineClaim {
    const [server, clock] = [this.#server, this.#clock]
    const claim = {}
    const own = () => {
      const record = server.record(key)
      if (record?.claim !== claim) throw new LeaseLostError(key.serviceName, key.id)
      return record
    }
    const put = (instance: Instance, ttlMs: number) =>
      server.put({ instance, holder: this, claim, ttlMs, renewedAt: clock.now() })
    return {
      lost: new AbortController().signal,
      take: (instance, { ttlMs, signal }) =>
        this.#call(() => {
          const record = server.record(key)
          if (record && record.holder !== this) throw new InstanceConflictError(key.serviceName, key.id)
          return put(instance, ttlMs)
        }, signal),
      write: (instance, { signal }) => this.#call(() => put(instance, own().ttlMs), signal),
      renew: ({ signal }) =>
        this.#call(() => {
          own()
          server.renew(key)
        }, signal),
      revoke: ({ signal }) =>
        this.#call(() => {
          return server.record(key)?.claim === claim ? server.remove(key) : 0
        }, signal),
    }
  }

  follow(serviceName: string, { signal }: EngineCall): AsyncIterable<EngineSet> {
    return this.#follow(() => this.#server.set(serviceName), signal)
  }

  followNames({ signal }: EngineCall): AsyncIterable<EngineNames> {
    return this.#follow(() => this.#server.names(), signal)
  }

  async close({ signal }: EngineCall): Promise<void> {
    await this.#call(() => this.#server.end(this, { records: true }), signal).catch(() => {})
  }

  #notes(): EngineNotes {
    const server = this.#server
    return {
      put: (serviceName, note, { signal }) => this.#call(() => server.note(serviceName, note, this), signal),
      remove: (serviceName, reader, { signal }) => this.#call(() => server.removeNote(serviceName, reader), signal),
      follow: (serviceName, { signal }) => this.#follow((): readonly EngineNote[] => server.notes(serviceName), signal),
    }
  }

  async #call<T>(effect: () => T, signal: AbortSignal): Promise<T> {
    const connection = this.#connection.signal
    const reached = () => {
      if (this.#down) throw new RegistryUnavailableError(this.url)
      return effect()
    }
    return abortable(abortable(this.link(reached, signal), connection), signal)
  }

  async *#follow<T>(read: () => T, signal: AbortSignal): AsyncGenerator<T, void, void> {
    const connection = this.#connection.signal
    const newest = new Latest<T>()
    const stall = this.#stall
    let unlisten: (() => void) | undefined
    // Listened to from the moment of the list on, not from that of its answer: between the two nothing may be missed.
    const list = () => {
      newest.set(read())
      unlisten = this.#server.listen(() => newest.set(read()))
    }
    try {
      await this.#call(list, signal)
    } catch (error) {
      unlisten?.()
      throw error
    }
    const cut = () => newest.close(connection.reason)
    if (connection.aborted) cut()
    connection.addEventListener('abort', cut, { once: true })
    try {
      for await (const value of newest.read({ signal })) {
        await abortable(abortable(stall.released, connection), signal)
        connection.throwIfAborted()
        yield value
      }
    } finally {
      unlisten?.()
      connection.removeEventListener('abort', cut)
    }
  }
}

/** Takes as long as a turn of the event loop each way. */
async function quick<T>(effect: () => T, signal: AbortSignal): Promise<T> {
  await nextTurn()
  signal.throwIfAborted()
  const result = effect()
  await nextTurn()
  return result
}
