import { publish } from '../../core/event.ts'
import { RopewalkError } from '../../core/error.ts'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { DepartureCause } from '../../discovery/store/change.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import type { Claim, Owner } from '../../discovery/store/owner.ts'
import type { Store } from '../../discovery/store/store.ts'
import type {
  ClientMessage,
  DrainMessage,
  HelloMessage,
  InstanceKey,
  RegisterMessage,
  RevokeMessage,
  UpdateMessage,
  WatchMessage,
} from '../../protocol/client-message.ts'
import { decodeClientFrame } from '../../protocol/decode-client-frame.ts'
import { ProtocolError } from '../../protocol/errors.ts'
import { OK } from '../../protocol/plain-message.ts'
import { CLOSE_CODES, PROTOCOL_VERSION } from '../../protocol/protocol.ts'
import type { ServerMessage } from '../../protocol/server-message.ts'
import { fromWireInstance } from '../../protocol/wire-instance.ts'
import { ForbiddenError } from '../access/errors.ts'
import type { Durability } from '../durability.ts'
import type { Turn } from '../turn.ts'
import type { Connection, ConnectionListener } from './connection.ts'
import type { Encoder } from './encoded.ts'
import type { SessionRights } from './session-rights.ts'
import { SessionWatches } from './session-watches.ts'

/** The most services one session may watch, and the most drains it may wait for at a time. */
const WATCHES_MAX = 10_000
const DRAINS_MAX = 10_000

/** The longest a drain may wait, in milliseconds; what is asked for beyond is cut to it. */
const DRAIN_MS_MAX = 60 * 60 * 1000

/** Requests that are done at once, and answered when what they wrote is kept. */
type WriteMessage = RegisterMessage | UpdateMessage | RevokeMessage

/** What sessions work with, the same for all of a daemon. */
export interface SessionContext {
  readonly store: Store
  readonly durability: Durability
  readonly turn: Turn
  readonly encoder: Encoder
  /** The daemon's own version, for people. */
  readonly version: string
  readonly pingMs: number
  /** A session has said who it is. Returns after any older connection of the same session was superseded. */
  readonly onHello: (session: Session, id: string) => void
  /** The connection is over. */
  readonly onClose: (session: Session) => void
}

/**
 * One connection of a client, from its `hello` to its end. The Owner behind it outlives it: a connection lost without `bye` leaves the
 * Owner disconnected, and the next connection of the same session takes it up again.
 */
export class Session implements ConnectionListener {
  readonly #connection: Connection
  readonly #context: SessionContext
  readonly #rights: SessionRights
  #left = false
  /** What is said of claims that were lost, for those whose registration has yet to be answered. */
  readonly #losses = new WeakMap<Claim, string>()
  /** What gives up each drain that is waited for: one signal for all would be slower with each who listens. */
  readonly #drains = new Set<AbortController>()
  /** Whether nothing was heard for too long when that was last looked at. */
  #isOverdue = false
  #greeted: { readonly id: string; readonly owner: Owner; readonly watches: SessionWatches } | undefined

  constructor(connection: Connection, context: SessionContext, rights: SessionRights) {
    this.#connection = connection
    this.#context = context
    this.#rights = rights
    connection.listen(this)
  }

  /** What the client calls its session; undefined before its `hello`. */
  get id(): string | undefined {
    return this.#greeted?.id
  }

  /** Who it is, for people. */
  get name(): string {
    return this.#greeted?.owner.name ?? 'a client that has not said hello'
  }

  onFrame(frame: string): void {
    try {
      for (const message of decodeClientFrame(frame)) if (!this.#left) this.#receive(message)
    } catch (error) {
      if (error instanceof ProtocolError) return this.end(CLOSE_CODES.protocolError, error.message)
      // A mistake of ours costs this session, which may come back, and not the daemon.
      tellFailure(error)
      this.end(CLOSE_CODES.internalError, 'a message failed unexpectedly')
    }
  }

  onRoom(): void {
    this.#greeted?.watches.resume()
  }

  onClose(): void {
    this.#leave('lose')
    this.#context.onClose(this)
  }

  /**
   * Gives up a client that said no `hello` in time, or nothing for longer than any of its leases stands, when that is so twice in a row: this process may
   * have stood still itself, and between the two it reads what has come meanwhile.
   */
  checkLife({ helloMs, silentMs }: { helloMs: number; silentMs: number }): void {
    const wasOverdue = this.#isOverdue
    const limitMs = this.#greeted ? Math.max(silentMs, this.#patienceMs()) : helloMs
    this.#isOverdue = this.#connection.silentMs >= limitMs
    if (this.#isOverdue && wasOverdue) return this.#giveUp()
    if (this.#greeted) this.#connection.ping()
  }

  /**
   * The same session has come on a newer connection: what it holds is that one's from now on. Until its watches are asked for there, nobody
   * can tell by which sets it goes, so drains are told that they were lost.
   */
  supersede(): void {
    this.#greeted?.watches.close('lose')
    this.#greeted = undefined
    this.end(CLOSE_CODES.replaced, 'opened again')
  }

  /** Closes the connection from this side. The client may resume. */
  end(code: number, reason: string): void {
    this.#leave('lose')
    this.#connection.close(code, reason)
  }

  /** Rights may have changed: ends a session that holds or watches what it may not any more. It may come back for what is left to it. */
  checkRights(): void {
    if (!this.#greeted) return
    const { owner, watches } = this.#greeted
    const mayHold = [...owner.claims].every(({ instance }) =>
      this.#rights.may('services:register', instance.serviceName),
    )
    if (!mayHold || !watches.mayGoOn()) this.end(CLOSE_CODES.rightsChanged, 'the rights of this session have changed')
  }

  /** Ends it at once. */
  destroy(): void {
    this.#connection.destroy()
  }

  #giveUp(): void {
    if (this.#greeted) this.#connection.destroy()
    else this.end(CLOSE_CODES.protocolError, 'no hello')
  }

  #leave(how: 'close' | 'lose'): void {
    if (this.#left) return
    this.#left = true
    for (const drain of this.#drains) drain.abort()
    if (!this.#greeted) return
    const { owner, watches } = this.#greeted
    watches.close(how)
    if (how === 'lose') this.#context.store.leases.disconnect(owner)
    else this.#context.store.leases.leave(owner)
  }

  #receive(message: ClientMessage): void {
    if (message.type === 'hello') return this.#hello(message)
    if (!this.#greeted) throw new ProtocolError(`"${message.type}" before "hello"`)
    const { owner, watches } = this.#greeted
    switch (message.type) {
      case 'register':
      case 'update':
      case 'revoke':
        return this.#attempt(owner, message)
      case 'drain':
        return void this.#drain(owner, message)
      case 'renew':
        this.#context.store.leases.renew(owner, message.lagMs)
        return this.#connection.send(OK.encode(message.seq))
      case 'watch':
        return this.#watch(watches, message)
      case 'unwatch':
        return watches.unwatch(message.service)
      case 'ack':
        return watches.acknowledge(message)
      case 'watch-names':
        return watches.watchNames()
      case 'unwatch-names':
        return watches.unwatchNames()
      case 'bye':
        return this.#bye()
    }
  }

  #watch(watches: SessionWatches, message: WatchMessage): void {
    const { service } = message
    if (watches.size >= WATCHES_MAX && !watches.has(service))
      throw new ProtocolError(`more than ${WATCHES_MAX} watches`)
    try {
      this.#rights.require('services:read', service, 'watch')
      watches.watch(message)
    } catch (error) {
      if (!(error instanceof ForbiddenError) && !(error instanceof StoreLimitError)) throw error
      this.#say({ type: 'denied', service, code: error.code, message: error.message })
    }
  }

  #hello(hello: HelloMessage): void {
    if (this.#greeted) throw new ProtocolError('a second "hello"')
    if (hello.protocol !== PROTOCOL_VERSION) {
      return this.end(CLOSE_CODES.unsupportedVersion, `this daemon speaks version ${PROTOCOL_VERSION}`)
    }
    const { store, turn, encoder, version, pingMs } = this.#context
    const name = `${hello.client.name} (process ${hello.client.pid} on ${hello.client.host}${this.#rights.suffix})`
    const owner = store.leases.connect({
      id: `session:${hello.session}`,
      name,
      onLost: (claim, cause) => this.#lose(claim, cause),
    })
    const { rosters, epoch } = store
    const watches = new SessionWatches({
      rosters,
      epoch,
      encoder,
      turn,
      connection: this.#connection,
      name,
      mayRead: service => this.#rights.may('services:read', service),
    })
    this.#greeted = { id: hello.session, owner, watches }
    this.#context.onHello(this, hello.session)
    const held = this.#reconcile(owner, hello.held)
    const server = { name: 'ropewalk', version }
    this.#say({ type: 'welcome', protocol: PROTOCOL_VERSION, epoch, server, pingMs, graceMs: store.graceMs, held })
  }

  /** What the client has given up meanwhile goes; returns what is left. */
  #reconcile(owner: Owner, held: readonly InstanceKey[]): InstanceKey[] {
    const wanted = new Set(held.map(({ service, id }) => `${service}/${id}`))
    const left: InstanceKey[] = []
    for (const claim of owner.claims) {
      const { serviceName: service, id } = claim.instance
      if (wanted.has(`${service}/${id}`) && this.#rights.may('services:register', service)) left.push({ service, id })
      else this.#giveBack(claim)
    }
    return left
  }

  #register(owner: Owner, { service, instance, ttlMs }: RegisterMessage): Claim {
    this.#rights.require('services:register', service, 'register')
    const { rosters, leases } = this.#context.store
    return leases.register(owner, fromWireInstance(service, instance, rosters.latest(service)), ttlMs)
  }

  #update(owner: Owner, message: UpdateMessage): Claim {
    this.#rights.require('services:register', message.service, 'update')
    const claim = this.#held(owner, message)
    this.#context.store.leases.update(claim, message.changes)
    return claim
  }

  #revoke(owner: Owner, { service, id }: RevokeMessage): Claim | undefined {
    const claim = this.#context.store.leases.find(service, id)
    if (claim?.owner !== owner) return undefined
    this.#giveBack(claim)
    return claim
  }

  #giveBack(claim: Claim): void {
    this.#rights.tellRevoked(claim.instance.serviceName)
    this.#context.store.leases.revoke(claim)
  }

  async #drain(owner: Owner, message: DrainMessage): Promise<void> {
    const { seq } = message
    const drainMs = Math.min(message.drainMs, DRAIN_MS_MAX)
    const giveUp = new AbortController()
    try {
      if (this.#drains.size >= DRAINS_MAX) throw new StoreLimitError('drains of one session at a time', DRAINS_MAX)
      this.#drains.add(giveUp)
      this.#rights.require('services:register', message.service, 'drain')
      const claim = this.#held(owner, message)
      const report = await this.#context.store.leases.drain(claim, { drainMs, signal: giveUp.signal })
      this.#say({ type: 'drained', seq, report })
    } catch (error) {
      if (!this.#left) this.#refuse(seq, error)
    } finally {
      this.#drains.delete(giveUp)
    }
  }

  #bye(): void {
    const claims = [...(this.#greeted?.owner.claims ?? [])]
    for (const { instance } of claims) this.#rights.tellRevoked(instance.serviceName)
    this.#leave('close')
    this.#context.durability.whenKept(() => this.#connection.close(CLOSE_CODES.goodbye, 'goodbye'), claims)
  }

  /** Answers a request when what it wrote is kept, and told where this session watches it. */
  #attempt(owner: Owner, message: WriteMessage): void {
    const { seq } = message
    let claim: Claim | undefined
    try {
      claim = this.#write(owner, message)
    } catch (error) {
      return this.#refuse(seq, error)
    }
    this.#context.durability.whenKept(
      error => {
        if (error) return this.#refuse(seq, error)
        // What waits for room is told all the same, for it may be the watch of who goes on when this is answered.
        if (this.#connection.congested) this.#greeted?.watches.tell(message.service)
        this.#connection.answer(OK.encode(seq))
        const loss = claim?.gone && this.#losses.get(claim)
        if (loss) this.#connection.answer(loss)
      },
      claim ? [claim] : [],
    )
  }

  #write(owner: Owner, message: WriteMessage): Claim | undefined {
    if (message.type === 'register') return this.#register(owner, message)
    return message.type === 'update' ? this.#update(owner, message) : this.#revoke(owner, message)
  }

  /** Who waits for the answer knows nothing yet that it could lose, and is told once more after that: the disk, or the registry behind, may take longer than the lease stands. */
  #lose(claim: Claim, cause: DepartureCause | 'replaced'): void {
    const { serviceName: service, id } = claim.instance
    const loss = JSON.stringify({ type: 'lost', service, id, cause } satisfies ServerMessage)
    this.#losses.set(claim, loss)
    this.#connection.send(loss)
  }

  #refuse(seq: number, error: unknown): void {
    if (!(error instanceof RopewalkError)) tellFailure(error)
    const { code = 'ERR_INTERNAL', message } = error as { code?: string; message: string }
    this.#say({ type: 'error', seq, code, message: message.slice(0, 1024) })
  }

  #held(owner: Owner, { service, id }: InstanceKey): Claim {
    const claim = this.#context.store.leases.find(service, id)
    if (claim?.owner !== owner) throw new LeaseLostError(service, id)
    return claim
  }

  #patienceMs(): number {
    let ttlMs = 0
    for (const claim of this.#greeted?.owner.claims ?? []) ttlMs = Math.max(ttlMs, claim.ttlMs)
    return 3 * ttlMs
  }

  #say(message: ServerMessage): void {
    this.#connection.send(JSON.stringify(message))
  }
}

function tellFailure(error: unknown): void {
  publish('daemon', { level: 'error', event: 'request.failed', message: 'A request failed unexpectedly', error })
}
