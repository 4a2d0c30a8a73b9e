import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { BaseService } from '../application/base-service.ts'
import type { PhaseContext } from '../application/phase.ts'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { http } from '../core/node-http.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { listen } from '../endpoint/listen.ts'
import type { Listener } from '../endpoint/listener.ts'
import { toEndpoint } from '../endpoint/parse-endpoint.ts'
import type { BodyOptions } from './body.ts'
import { Connections } from './connections.ts'
import { AnswerHeads } from './direct/answer-head.ts'
import { AnswerWriter } from './direct/answer-writer.ts'
import { DirectConnection, type DirectInit, type DirectListener } from './direct/direct-connection.ts'
import { DirectParser } from './direct/direct-parser.ts'
import { Outbox } from './direct/outbox.ts'
import { type FetchFunction, fetchHandler } from './fetch-handler.ts'
import { type HealthOptions, healthRoutes } from './health-routes.ts'
import { Pipeline } from './pipeline.ts'
import type { SiteHandler } from './site-handler.ts'

const HEADER_BYTES_MAX = 2 ** 14
const KEEP_ALIVE_MS = 65_000

/** Takes over the connection of a request that asks for another protocol, such as WebSocket. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** How a Site serves. `bodyBytesMax` is for fetch-style functions; other handlers bring limits of their own. */
export interface SiteOptions extends BodyOptions {
  /** Default `site`. */
  name?: string | undefined
  /** Default: the parent's. */
  clock?: Clock | undefined
  /** Answers `/healthz` and `/readyz` before the handler. Default false. */
  health?: boolean | HealthOptions | undefined
  /**
   * Is asked first, without what `node:http` does for a request: for small requests that are many. What it has no answer for goes the usual way.
   * Default: nobody is.
   */
  direct?: DirectListener | undefined
  /** Gets the requests for another protocol; without it they are treated as if they did not ask. */
  upgrade?: UpgradeListener | undefined
  /** Connections at a time; one more is refused. Default 10,000. */
  connectionsMax?: number | undefined
  /** Connections of one client address at a time; one more is closed at once. Default: any number. */
  connectionsPerAddressMax?: number | undefined
  /** Bytes of a request's head; a longer one is answered 431. Default 16 KiB. */
  headerBytesMax?: number | undefined
  /** How long the head of a request may take to arrive. Default 60,000. */
  headersTimeoutMs?: number | undefined
  /** How long a request may take to arrive, body included. Default 300,000; 0: for ever. */
  requestTimeoutMs?: number | undefined
  /** How long a connection may wait for its next request. Default 65,000: longer than load balancers keep theirs. */
  keepAliveMs?: number | undefined
  /** How long a connection must have been silent to be closed when the Site stops. Default 100; see `Connections` for why. */
  silentMs?: number | undefined
}

/**
 * A Service that serves HTTP/1.1 on an endpoint (`tcp:8080`, `tls:8443:cert=…`, `unix:/run/x.sock`; `tcp:` without `interface=` is all
 * interfaces) with a fetch-style function, or what `nodeHandler`, `fastifyHandler`, `expressHandler` or `honoHandler` make.
 *
 * Up: the socket is bound in the bind phase and its connections wait; they are served from the start phase on. Down: from the drain phase on
 * readiness is 503 and every answer ends its connection, but all are still answered; then the Site stops accepting, what is in flight
 * finishes, silent connections are closed, and the deadline destroys the rest. Serves again when started again.
 */
export class Site extends BaseService {
  readonly #endpoint: Endpoint
  readonly #handler: SiteHandler
  readonly #options: SiteOptions
  #listener: Listener | undefined
  #server: Server | undefined
  #connections = new Connections()
  readonly #pipeline = new Pipeline()
  #isOpen = false
  #isLeaving = false
  #closing = new AbortController()

  /** Throws EndpointSyntaxError. */
  constructor(endpoint: Endpoint | string, handler: FetchFunction | SiteHandler, options: SiteOptions = {}) {
    super(options.name ?? 'site', { clock: options.clock })
    this.#endpoint = toEndpoint(endpoint)
    this.#handler = typeof handler === 'function' ? fetchHandler(handler, options) : handler
    this.#options = options
  }

  /** Where it listens, as URLs such as `tcp://127.0.0.1:41234`; none before it is bound. All interfaces are `tcp://0.0.0.0:…`. */
  get endpoints(): readonly string[] {
    return this.#listener ? [this.#listener.url] : []
  }

  /** Aborts when the Site stops accepting: whoever serves what never ends by itself (event streams, WebSockets) must end it then. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Reads the certificate of a `tls:` endpoint again, at once. Rejects, and keeps the old one, if that cannot be used. */
  async reloadCertificate(): Promise<void> {
    await this.#listener?.reload()
  }

  protected override async onBind({ signal }: PhaseContext): Promise<void> {
    this.#isLeaving = false
    this.#closing = new AbortController()
    this.#connections = new Connections()
    const { connectionsMax, connectionsPerAddressMax } = this.#options
    const limits = { connectionsMax, connectionsPerAddressMax }
    const options = { clock: this.clock, signal, ...limits, allowHalfOpen: true, alpnProtocols: ['http/1.1'] }
    this.#listener = await listen(this.#endpoint, options)
    const { url } = this.#listener
    publish('web', {
      level: 'info',
      event: 'site.bound',
      message: `${this.name} listens on ${url}`,
      site: this.name,
      url,
    })
  }

  protected override async onStart(): Promise<void> {
    this.#isOpen = true
    await this.#handler.open()
    const server = this.#createServer()
    this.#server = server
    const direct = this.#directInit(server)
    this.#listener?.accept(socket => {
      this.#connections.add(socket)
      if (direct && !this.#isLeaving) this.#connections.keptBy(socket, new DirectConnection(socket, direct))
      else server.emit('connection', socket)
    })
  }

  protected override onDrain(): void {
    this.#leave()
  }

  protected override async onStop({ signal }: PhaseContext): Promise<void> {
    this.#leave()
    await this.#listener?.close()
    this.#closing.abort()
    await this.#connections.finish({ clock: this.clock, silentMs: this.#options.silentMs ?? 100, signal })
    this.#server?.close()
    this.#listener = undefined
    this.#server = undefined
    if (this.#isOpen) await this.#handler.close()
    this.#isOpen = false
  }

  #directInit(server: Server): DirectInit | undefined {
    const { direct: listener, keepAliveMs = KEEP_ALIVE_MS, headerBytesMax = HEADER_BYTES_MAX } = this.#options
    if (!listener) return undefined
    const onOther = (socket: Socket) => {
      this.#connections.keptBy(socket, undefined)
      server.emit('connection', socket)
    }
    const parser = new DirectParser({ headBytesMax: headerBytesMax })
    const writer = new AnswerWriter(new AnswerHeads(this.clock, { keepAliveMs }))
    return { listener, parser, writer, outbox: new Outbox(), keepAliveMs, onOther }
  }

  #createServer(): Server {
    const { headersTimeoutMs = 60_000, requestTimeoutMs = 300_000, keepAliveMs = KEEP_ALIVE_MS } = this.#options
    const headersTimeout = requestTimeoutMs > 0 ? Math.min(headersTimeoutMs, requestTimeoutMs) : headersTimeoutMs
    const server = http.createServer({
      maxHeaderSize: this.#options.headerBytesMax ?? HEADER_BYTES_MAX,
      headersTimeout,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(30_000, Math.max(10, headersTimeout / 2)),
      keepAliveTimeout: keepAliveMs,
      ...(this.#options.upgrade && { shouldUpgradeCallback: isUpgrade }),
    })
    server.on('request', this.#requestListener())
    if (this.#options.upgrade) server.on('upgrade', this.#upgradeListener(this.#options.upgrade))
    // It listens to no socket of its own; this starts the timers that see to the time limits.
    server.emit('listening')
    return server
  }

  #requestListener(): (request: IncomingMessage, response: ServerResponse) => void {
    const pipeline = this.#pipeline
    const answer = this.#answering()
    return (request, response) => {
      if (pipeline.admits(request, response)) answer(request, response)
    }
  }

  #answering(): (request: IncomingMessage, response: ServerResponse) => void {
    const handler = this.#handler
    const { health = false } = this.#options
    if (health === false) return (request, response) => handler.handle(request, response)
    const answersHealth = healthRoutes(
      { clock: this.clock, statusNow: () => this.status },
      health === true ? {} : health,
    )
    return (request, response) => {
      if (!answersHealth(request, response)) handler.handle(request, response)
    }
  }

  #upgradeListener(upgrade: UpgradeListener): UpgradeListener {
    return (request, socket, head) => {
      if (this.closing.aborted) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return
      }
      this.#connections.upgraded(socket as Socket)
      try {
        upgrade(request, socket, head)
      } catch (error) {
        socket.destroy()
        publish('web', {
          level: 'error',
          event: 'upgrade.failed',
          message: `An upgrade of ${request.url} failed`,
          error,
        })
      }
    }
  }

  /** From now on every answer is the last of its connection, and a request on a connection that was closed already is not executed. */
  #leave(): void {
    if (this.#isLeaving) return
    this.#isLeaving = true
    this.#connections.announce(this.clock)
    const serve = this.#requestListener()
    this.#server?.removeAllListeners('request').on('request', (request, response) => {
      if (request.socket.writableEnded) return
      response.setHeader('connection', 'close')
      serve(request, response)
    })
  }
}

/** HTTP/2 is asked for by clients that do without it as well, such as Java's own, with every first request: they are answered as if they did not ask (RFC 9110, 7.8). */
function isUpgrade({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  return upgrade.toLowerCase() !== 'h2c'
}
