import type { Socket } from 'node:net'
import { Candidate } from '../balancer/candidate.ts'
import type { Load } from '../balancer/load.ts'
import type { Instance, InstanceStatus } from '../discovery/instance.ts'
import { Connection } from './connection.ts'
import { ClientOverloadedError, ConnectionLostError, NoUsableEndpointError } from './errors.ts'
import { Pool } from './pool.ts'
import type { Settings } from './settings.ts'

/** What all Peers of one service have in common. */
export interface PeerOptions {
  readonly serviceName: string
  /** Whether only TLS will do. */
  readonly secure: boolean
  readonly settings: Settings
  /** Hears of every connection for a request. */
  readonly onConnect: (peer: Peer) => void
  /** Hears of every failure to connect. */
  readonly onConnectError: (peer: Peer, error: Error) => void
}

/** One Instance as a Client calls it: a Candidate with connections. */
export class Peer extends Candidate {
  readonly #options: PeerOptions
  #pool: Pool
  #outdated: Pool | undefined
  #renewed = false
  #unanswered = 0
  #quiet = Promise.withResolvers<void>()
  /** How many answers have begun: what has not changed that for long hangs. */
  answers = 0
  /** Since when it owes answers and has begun none: of use only while it owes any. */
  silentSince = -Infinity
  /** When it was put aside the last time, or failed a probe: what was asked before that says nothing new of it. */
  ejectedAt = -Infinity
  /** Why it failed the last time. */
  lastError: Error | undefined

  constructor(instance: Instance, load: Load, options: PeerOptions) {
    super(instance, load)
    this.#options = options
    this.#pool = this.#newPool()
  }

  get pool(): Pool {
    return this.#pool
  }

  /** Takes over a newer set's Instance. With other endpoints it gets a new Pool; the former waits in `takeOutdated`. */
  override update(instance: Instance): void {
    const before = this.instance
    if (instance === before) return
    super.update(instance)
    const moved = !sameList(instance.endpoints, before.endpoints)
    this.#renewed = moved || instance.startedAt !== before.startedAt || isBack(before.status, instance.status)
    if (!moved) return
    this.#outdated = this.#pool
    this.#pool = this.#newPool()
  }

  /** The Pool to its former endpoints, once: to be retired. */
  takeOutdated(): Pool | undefined {
    const outdated = this.#outdated
    this.#outdated = undefined
    return outdated
  }

  /** Whether the last update told that it has been started anew or is well again, once: what was held against it is void. */
  takeRenewed(): boolean {
    const renewed = this.#renewed
    this.#renewed = false
    return renewed
  }

  /** A request is written to it. */
  sent(): void {
    if (this.#unanswered === 0) this.silentSince = this.#options.settings.clock.now()
    this.#unanswered++
  }

  /** It begins to answer, at `now`. */
  answered(now: number): void {
    this.answers++
    this.silentSince = now
    this.settled()
  }

  /** A request that was written has its answer begun, or has failed. */
  settled(): void {
    this.#unanswered--
    if (this.#unanswered > 0) return
    this.#quiet.resolve()
    this.#quiet = Promise.withResolvers()
  }

  /** Resolves when every request written to it has its answer begun or has failed: nothing is on the way to it. Undefined if so now. */
  quiet(): Promise<void> | undefined {
    return this.#unanswered > 0 ? this.#quiet.promise : undefined
  }

  /** Opens a socket to the first of its endpoints that can be connected to. */
  async open(signal: AbortSignal): Promise<Socket> {
    const { secure, settings } = this.#options
    const { connect, clock, connectTimeoutMs: timeoutMs } = settings
    const { id, endpoints } = this.instance
    const usable = secure ? endpoints.filter(endpoint => endpoint.startsWith('tls:')) : endpoints
    let failure: unknown = new NoUsableEndpointError(id, endpoints, 'TLS')
    for (const endpoint of usable) {
      try {
        return await connect(endpoint, { signal, clock, timeoutMs })
      } catch (error) {
        failure = error
        if (signal.aborted) break
      }
    }
    throw failure
  }

  #newPool(): Pool {
    const { settings, onConnect, onConnectError } = this.#options
    const { connectionsMax, queueMax } = settings
    return new Pool({
      connectionsMax,
      queueMax,
      open: signal => this.open(signal),
      wrap: (socket, onClose) => this.#wrap(socket, onClose),
      overloaded: () => new ClientOverloadedError(`a connection to the instance "${this.instance.id}"`, queueMax),
      onConnect: () => onConnect(this),
      onConnectError: error => onConnectError(this, error),
    })
  }

  #wrap(socket: Socket, onClose: (connection: Connection) => void): Connection {
    const connection: Connection = new Connection({
      socket,
      origin: `http://${encodeURIComponent(this.#options.serviceName)}`,
      lost: () => new ConnectionLostError(this.instance.id),
      onClose: () => onClose(connection),
    })
    return connection
  }
}

function isBack(before: InstanceStatus, now: InstanceStatus): boolean {
  return now === 'ready' && before !== 'ready' && before !== 'unconfirmed'
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}
