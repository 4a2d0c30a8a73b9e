import type { Socket } from 'node:net'
import { BaseService } from '../../application/base-service.ts'
import type { PhaseContext } from '../../application/phase.ts'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import { listenProblem } from '../../endpoint/bind.ts'
import type { Endpoint, TcpEndpoint } from '../../endpoint/endpoint.ts'
import { listen, type ListenOptions } from '../../endpoint/listen.ts'
import type { Listener } from '../../endpoint/listener.ts'
import { formatEndpoint, toEndpoint } from '../../endpoint/parse-endpoint.ts'
import type { Access } from '../access/access.ts'
import { TokenUnknownError } from '../access/errors.ts'
import type { Right } from '../access/grants.ts'
import { isLoopback } from '../loopback.ts'
import type { Frontend, FrontendContext } from '../frontend.ts'
import type { Router } from '../../web/router.ts'
import type { DnsCatalog, DnsNode } from './catalog.ts'
import { RESPONSE_CODES } from './codes.ts'
import { Datagrams } from './datagrams.ts'
import { DnsEndpointError } from './errors.ts'
import { parseRecursor, Recursors } from './recursors.ts'
import { bareAnswer, type Reply, Responder, type Transport } from './responder.ts'
import type { DnsSettings } from './settings.ts'
import { type DnsSettingOptions, longestTtlMs, settingsOf } from './settings-of.ts'
import { StoreCatalog } from './store-catalog.ts'
import { StreamConnection } from './stream-connection.ts'

/** How DNS is answered. All fields have defaults. */
export interface DnsServerOptions extends DnsSettingOptions {
  /** Where: a TCP endpoint, whose port is taken for UDP as well. Default `tcp:8600:interface=127.0.0.1`. */
  endpoint?: Endpoint | string | undefined
  /** Goes on without, and says so by the event `dns.unavailable`, when it cannot listen there. Default false: the start fails. */
  optional?: boolean | undefined
  /**
   * How long a client may go by an answer, in milliseconds: a drain waits so long for who has asked within 30 s, or within this time. Default: the longest
   * that answers of a service may be kept, and 2 s, enough for one that asks every second.
   */
  quietMs?: number | undefined
  /** Whether only instances are told that show both signs of life, even when there is no other. Default false. */
  onlyPassing?: boolean | undefined
  /** What is told. Default: the services of the daemon's Store. */
  catalog?: ((context: FrontendContext, defaults: CatalogDefaults) => DnsCatalog) | undefined
  /** TCP connections at a time; one more is closed. Default 1,000. */
  connectionsMax?: number | undefined
  /** The same of one client address; IPv6 counts by networks of 64 bits. Default 100. */
  connectionsPerAddressMax?: number | undefined
  /** How long a TCP connection may be without a query. Default 10,000. */
  idleMs?: number | undefined
  /** Where the order of answers comes from. */
  random?: Random | undefined
  name?: string | undefined
  clock?: Clock | undefined
}

/** What a catalog may go by. */
export interface CatalogDefaults {
  readonly node: DnsNode
  readonly onlyPassing: boolean
  readonly quietMs: number
  /** Whether a service may be told to anybody: who asks by DNS shows no token. */
  readonly mayRead: (serviceName: string) => boolean
  readonly mayReadNode: (nodeName: string) => boolean
}

/** How often a port is chosen anew that is free for TCP and not for UDP. */
const PORT_ATTEMPTS = 20

/**
 * Answers DNS, on UDP and TCP, from a registry daemon's memory: a Service, and a way in of the daemon. See docs/reference/dns.md. What is no
 * query gets no answer, or that it is malformed; nothing that is received can make it fail.
 */
export class DnsServer extends BaseService implements Frontend {
  readonly #options: DnsServerOptions
  readonly #endpoint: TcpEndpoint
  readonly #settings: DnsSettings
  readonly #recursors: readonly ReturnType<typeof parseRecursor>[]
  readonly #connections = new Set<StreamConnection>()
  #bound: Bound | undefined
  #responder: Responder | undefined
  #waiting = 0
  #asking: Recursors | undefined

  /** Throws EndpointSyntaxError, `DnsEndpointError`, `DnsSettingError`. */
  constructor(options: DnsServerOptions = {}) {
    super(options.name ?? 'dns', { clock: options.clock })
    const { endpoint = 'tcp:8600:interface=127.0.0.1', recursors = [] } = options
    this.#options = options
    this.#endpoint = requireTcp(toEndpoint(endpoint))
    this.#recursors = recursors.map(parseRecursor)
    this.#settings = settingsOf(options)
  }

  /** Where it listens, as an endpoint. The port may be 0 before it is bound. */
  get endpoint(): TcpEndpoint {
    return this.#bound ? { ...this.#endpoint, port: this.#bound.datagrams.port } : this.#endpoint
  }

  /** Begins to answer from the daemon's data. It adds no routes. */
  mount(_router: Router, context: FrontendContext): void {
    const { catalog = storeCatalog, random = systemRandom } = this.#options
    const { onlyPassing = false, quietMs = longestTtlMs(this.#options) + 2_000 } = this.#options
    const node = { name: this.#settings.nodeName, address: ownAddress(this.#endpoint), metadata: {} }
    const { clock, access } = context
    const mayRead = (serviceName: string) => mayAnybody(access, 'services:read', serviceName)
    const mayReadNode = (nodeName: string) => mayAnybody(access, 'nodes:read', nodeName)
    this.#asking = new Recursors(this.#recursors, clock)
    this.#responder = new Responder({
      catalog: catalog(context, { node, onlyPassing, quietMs, mayRead, mayReadNode }),
      settings: this.#settings,
      random,
      clock,
    })
  }

  /** Nobody waits here. */
  leave(): void {}

  close(): void {
    this.#asking?.close()
    this.#responder = undefined
    for (const connection of this.#connections) connection.destroy()
  }

  protected override async onBind({ signal }: PhaseContext): Promise<void> {
    const { connectionsMax = 1_000, connectionsPerAddressMax = 100 } = this.#options
    try {
      this.#bound = await bindBoth(this.#endpoint, {
        clock: this.clock,
        connectionsMax,
        connectionsPerAddressMax,
        signal,
      })
    } catch (error) {
      if (!this.#options.optional || signal.aborted) throw error
      const message = `DNS is not answered: ${(error as Error).message}`
      publish('daemon', { level: 'warn', event: 'dns.unavailable', message, error })
    }
  }

  protected override onStart(): void {
    if (!this.#bound) return
    const { listener, datagrams } = this.#bound
    listener.accept(socket => this.#accept(socket))
    datagrams.answer((message, send) => this.#answer(message, { transport: 'udp', send }))
    const message = `DNS is answered on ${listener.url} by UDP and TCP`
    publish('daemon', { level: 'info', event: 'dns.bound', message, url: listener.url })
  }

  protected override async onStop(): Promise<void> {
    const bound = this.#bound
    this.#bound = undefined
    bound?.datagrams.close()
    for (const connection of this.#connections) connection.destroy()
    await bound?.listener.close()
  }

  #accept(socket: Socket): void {
    const connection: StreamConnection = new StreamConnection({
      socket,
      listener: (message, send) => this.#answer(message, { transport: 'tcp', send }),
      clock: this.clock,
      idleMs: this.#options.idleMs ?? 10_000,
      onClose: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
  }

  /** Sends the answer, an empty one for none. */
  #answer(message: Buffer, asked: Asked): void {
    const { transport, send, mayWait = this.#waiting < WAITING_MAX } = asked
    const responder = this.#responder
    if (!responder) return send(EMPTY)
    const reply = replyOf(responder, message, { transport, mayWait })
    if (reply.kind === 'later') return void this.#answerLater(Buffer.from(message), { ...asked, until: reply.until })
    if (reply.kind === 'answer') return send(reply.bytes)
    if (reply.kind === 'nothing') return send(EMPTY)
    const { query } = reply
    void this.#asking
      ?.ask(Buffer.from(message), transport)
      .then(answer => send(answer ?? responder.failure(query, RESPONSE_CODES.serverFailure)))
  }

  async #answerLater(message: Buffer, { until, ...asked }: Asked & { until: Promise<void> }): Promise<void> {
    this.#waiting++
    await until
    this.#waiting--
    this.#answer(message, { ...asked, mayWait: false })
  }
}

/** An answer that fails for a mistake of ours costs that answer, and not the daemon: who asked hears of it, and an event tells why. */
function replyOf(responder: Responder, message: Buffer, options: { transport: Transport; mayWait: boolean }): Reply {
  try {
    return responder.reply(message, options.transport, options)
  } catch (error) {
    const text = `A DNS query could not be answered: ${(error as Error).message}`
    publish('daemon', { level: 'error', event: 'dns.answer-failed', message: text, error })
    return {
      kind: 'answer',
      bytes: bareAnswer({ id: message.readUInt16BE(0), opcode: 0, code: RESPONSE_CODES.serverFailure }),
    }
  }
}

/** What who shows no token may; nothing while the token that counts for them is none. */
function mayAnybody(access: Access, right: Right, name: string): boolean {
  if (!access.isControlled) return true
  try {
    return access.identifyToken('').may(right, name)
  } catch (error) {
    if (error instanceof TokenUnknownError) return false
    throw error
  }
}

const EMPTY = Buffer.alloc(0)

/** So many queries wait at most for what has to be asked for first; others are told that it is not known. */
const WAITING_MAX = 1_000

/** How a query came, and whether its answer may take a while. */
interface Asked {
  readonly transport: Transport
  readonly send: (answer: Buffer) => void
  readonly mayWait?: boolean
}

/** Both sockets of one port. */
interface Bound {
  readonly listener: Listener
  readonly datagrams: Datagrams
}

/** Binds TCP and UDP to the same port, also where the system is to choose it. */
async function bindBoth(
  endpoint: TcpEndpoint,
  options: ListenOptions & { clock: Clock; signal: AbortSignal },
): Promise<Bound> {
  for (let attempt = 1; ; attempt++) {
    const listener = await listen(endpoint, { ...options, allowHalfOpen: true })
    const { port } = listener.endpoint as TcpEndpoint
    try {
      return { listener, datagrams: await Datagrams.bind({ ...endpoint, port }, options.clock) }
    } catch (error) {
      await listener.close()
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (endpoint.port !== 0 || !isTaken || attempt === PORT_ATTEMPTS)
        throw listenProblem({ ...endpoint, port }, error)
    }
  }
}

function requireTcp(endpoint: Endpoint): TcpEndpoint {
  if (endpoint.scheme === 'tcp') return endpoint
  throw new DnsEndpointError(formatEndpoint(endpoint), `it is ${endpoint.scheme}, and not TCP and UDP`)
}

function storeCatalog({ store, clock }: FrontendContext, defaults: CatalogDefaults): DnsCatalog {
  return new StoreCatalog({ rosters: store.rosters, clock, ...defaults })
}

/** The address at which others find this machine, as far as it can be known. */
function ownAddress({ host }: TcpEndpoint): string {
  return host === undefined || isLoopback(host) || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}
