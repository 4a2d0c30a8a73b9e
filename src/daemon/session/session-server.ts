import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ByteBudget } from '../../core/byte-budget.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Store } from '../../discovery/store/store.ts'
import { CLOSE_CODES, PROTOCOL_LIMITS, SESSION_PATH } from '../../protocol/protocol.ts'
import { acceptWebSocket, upgradeProblem } from '../../protocol/web-socket/accept.ts'
import { type Access, openAccess } from '../access/access.ts'
import { identified } from '../access/audit.ts'
import { addressOf } from '../access/credentials.ts'
import { TokenUnknownError } from '../access/errors.ts'
import type { Durability } from '../durability.ts'
import { isSameOrigin } from '../foreign-page.ts'
import type { Turn } from '../turn.ts'
import { Connection } from './connection.ts'
import { Encoder } from './encoded.ts'
import { SessionRights } from './session-rights.ts'
import { Session, type SessionContext } from './session.ts'

/** How many bytes of messages that are not whole are kept for all connections together, but for the first 16 KiB of each. */
const RECEIVING_BYTES_MAX = 128 * 1024 * 1024

/** What a SessionServer works with. */
export interface SessionServerInit {
  readonly store: Store
  readonly durability: Durability
  /** Who may do what. Default: everybody may everything. */
  readonly access?: Access | undefined
  readonly turn: Turn
  readonly clock: Clock
  /** The daemon's version, told to clients. */
  readonly version: string
  /** Tells which requests come from somebody's web page, and are refused. Default: those of another origin. */
  readonly isForeign?: ((request: IncomingMessage) => boolean) | undefined
  /** How often connections are pinged, in milliseconds. Default 5,000. */
  readonly pingMs?: number | undefined
  /** A client that is not heard of for this long, and for 3 × its longest TTL, is cut off. Default 45,000. */
  readonly silentMs?: number | undefined
  /** The most connections at a time; further ones are refused with 503. Default 20,000. */
  readonly sessionsMax?: number | undefined
}

/**
 * Serves the session protocol: to be given the upgrades of an HTTP server. Refuses what is not asked for at `SESSION_PATH` (404), unknown tokens (401), web
 * pages of other origins (403: a browser sends anybody's page's WebSockets to a loopback address), and more connections than it takes (503).
 */
export class SessionServer {
  readonly #init: SessionServerInit
  readonly #context: SessionContext
  readonly #sessions = new Set<Session>()
  readonly #byId = new Map<string, Session>()
  readonly #access: Access
  /** Nobody has to show anything before it sends the first message. */
  readonly #receiving = new ByteBudget(RECEIVING_BYTES_MAX)
  readonly #unwatchAccess: () => void
  #lifeTimer: Timer | undefined
  #closed = false

  constructor(init: SessionServerInit) {
    this.#init = init
    const { store, durability, turn, version, pingMs = 5_000, access = openAccess } = init
    this.#access = access
    this.#unwatchAccess = access.watch(() => this.#checkRights())
    this.#context = {
      store,
      durability,
      turn,
      version,
      pingMs,
      encoder: new Encoder(),
      onHello: (session, id) => this.#greeted(session, id),
      onClose: session => this.#ended(session),
    }
  }

  /** How many connections there are. */
  get size(): number {
    return this.#sessions.size
  }

  /** Takes over the socket of an upgrade request. Never throws. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = this.#refusal(request)
    const rights = refusal ?? this.#rightsOf(request)
    if (typeof rights === 'string') return refuse(socket, rights)
    const { turn, clock } = this.#init
    const webSocket = acceptWebSocket({
      request,
      socket,
      head,
      clock,
      messageBytesMax: PROTOCOL_LIMITS.clientFrameBytes,
      budget: this.#receiving,
    })
    const connection = new Connection({ webSocket, turn, now: () => clock.now() })
    this.#sessions.add(new Session(connection, this.#context, rights))
    this.#lifeTimer ??= clock.schedule(this.#context.pingMs, () => this.#checkLife())
  }

  /** Tells every client to come back later, and ends. What they hold stays in the Store, as of lost connections. */
  close(): void {
    this.#closed = true
    this.#unwatchAccess()
    this.#lifeTimer?.cancel()
    for (const session of this.#sessions) session.end(CLOSE_CODES.restarting, 'the registry stops or restarts')
  }

  /** Cuts every connection that is left. */
  destroy(): void {
    this.close()
    for (const session of this.#sessions) session.destroy()
  }

  #refusal(request: IncomingMessage): string | undefined {
    if (this.#closed) return '503 Service Unavailable'
    if (request.url?.split('?')[0] !== SESSION_PATH) return '404 Not Found'
    if (this.#isForeign(request)) return '403 Forbidden'
    if (this.#sessions.size >= (this.#init.sessionsMax ?? 20_000)) return '503 Service Unavailable'
    return upgradeProblem(request)
  }

  /** What who asks may do; or the status to refuse with, when the token is not known. */
  #rightsOf(request: IncomingMessage): SessionRights | string {
    const access = this.#access
    try {
      return new SessionRights({ access, identity: identified(access, request), from: addressOf(request) })
    } catch (error) {
      if (error instanceof TokenUnknownError) return '401 Unauthorized'
      throw error
    }
  }

  #checkRights(): void {
    for (const session of this.#sessions) session.checkRights()
  }

  #isForeign(request: IncomingMessage): boolean {
    const { isForeign = other => !isSameOrigin(other) } = this.#init
    return isForeign(request)
  }

  #greeted(session: Session, id: string): void {
    this.#byId.get(id)?.supersede()
    this.#byId.set(id, session)
    const message = `A session is open: ${session.name}`
    publish('daemon', { level: 'debug', event: 'session.opened', message, sessions: this.#sessions.size })
  }

  #ended(session: Session): void {
    this.#sessions.delete(session)
    const message = `A session is over: ${session.name}`
    publish('daemon', { level: 'debug', event: 'session.ended', message, sessions: this.#sessions.size })
    if (session.id !== undefined && this.#byId.get(session.id) === session) this.#byId.delete(session.id)
  }

  #checkLife(): void {
    const { silentMs = 45_000 } = this.#init
    for (const session of this.#sessions) session.checkLife({ helloMs: PROTOCOL_LIMITS.helloMs, silentMs })
    this.#lifeTimer = undefined
    if (this.#sessions.size > 0 && !this.#closed) {
      this.#lifeTimer = this.#init.clock.schedule(this.#context.pingMs, () => this.#checkLife())
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
