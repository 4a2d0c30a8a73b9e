import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PhaseContext } from '../application/phase.ts'
import { MultiService } from '../application/multi-service.ts'
import type { Clock, Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import type { PreservationOptions } from '../discovery/store/preservation.ts'
import type { StoreLimits } from '../discovery/store/limits.ts'
import type { Store } from '../discovery/store/store.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { toEndpoint } from '../endpoint/parse-endpoint.ts'
import { nodeHandler } from '../web/site-handler.ts'
import { Site } from '../web/site.ts'
import { Router } from '../web/router.ts'
import type { WholeAnswer, WholeRequest } from '../web/whole-request.ts'
import { type Access, openAccess } from './access/access.ts'
import type { DnsServer } from './dns/dns-server.ts'
import { ForeignPageError, isFromForeignPage } from './foreign-page.ts'
import type { Frontend } from './frontend.ts'
import { HeapRoom } from './heap-room.ts'
import type { Backend } from './front/backend.ts'
import { openFrontData } from './front/front-data.ts'
import { isProtected, requireProtected } from './loopback.ts'
import { OpenFiles } from './open-files.ts'
import { openRegistryData, type RegistryData } from './registry-data.ts'
import { SessionServer, type SessionServerInit } from './session/session-server.ts'
import { Turn } from './turn.ts'

/** How a registry daemon is run. All fields have defaults. */
export interface RegistryDaemonOptions extends Pick<SessionServerInit, 'pingMs' | 'silentMs' | 'sessionsMax'> {
  /** Where it listens. Default `tcp:8500:interface=127.0.0.1`. */
  endpoint?: Endpoint | string | undefined
  /** Where it listens besides, such as with TLS. Default: nowhere. */
  alsoAt?: readonly (Endpoint | string)[] | undefined
  /** Listens even where everybody may come from. Default false: that is refused with `InsecureInterfaceError`. */
  insecure?: boolean | undefined
  /** Who may do what. Default: everybody may everything. */
  access?: Access | undefined
  /** The folder it keeps its data in, so that it comes back with what it knew. Default: in memory only. */
  dataPath?: string | undefined
  /** The registry that it is the front of: it then keeps nothing itself, and any number of daemons may be the front of one registry. Not together with `dataPath`. */
  backend?: Backend | undefined
  /** How long the instances of a lost connection are kept. Default 3,000. */
  graceMs?: number | undefined
  /**
   * How long after a start without data its sets are not settled. Whoever was registered before should have come back by then; that none is
   * missed matters more than to be sure soon. Default: twice `graceMs`.
   */
  settleMs?: number | undefined
  /** How much longer a drain waits for the sake of those who cannot acknowledge. Default 1,000. */
  quietMs?: number | undefined
  /** When leases that should lapse are kept, because very many lapse at once; false for never. Default: as `PreservationOptions` says. */
  preservation?: PreservationOptions | false | undefined
  /** Lower limits of what is registered than those of docs/reference/limits.md; a front goes by those of what is behind it. Default: those. */
  limits?: Partial<StoreLimits> | undefined
  /** Connections of one client address at a time; one more is closed at once. Default 20,000, half of all there may be. */
  connectionsPerAddressMax?: number | undefined
  /** The ways in beside the native session. Default: none. */
  frontends?: readonly Frontend[] | undefined
  /** Answers DNS besides, on an endpoint of its own. Default: nobody does. */
  dns?: DnsServer | undefined
  /** Told to clients. Default `0.0.0`. */
  version?: string | undefined
  name?: string | undefined
  clock?: Clock | undefined
}

/**
 * The registry as a server: one Store, the native session protocol, and any number of frontends on one listener. Up: the data are
 * opened, then the listener. Down: clients are told to come back later, and what they hold stays in the data. It starts again with what
 * the data have; without a `dataPath` that is nothing, under a new epoch.
 */
export class RegistryDaemon extends MultiService {
  readonly #options: RegistryDaemonOptions
  readonly #places: readonly [Endpoint, ...Endpoint[]]
  readonly #sites: readonly Site[]
  /** Which of the places a session was asked for at. */
  readonly #asked = new WeakMap<IncomingMessage, Endpoint>()
  #running: Running | undefined

  /** Throws `InsecureInterfaceError`, EndpointSyntaxError. */
  constructor(options: RegistryDaemonOptions = {}) {
    const { endpoint = 'tcp:8500:interface=127.0.0.1', alsoAt = [], name = 'registry', insecure = false } = options
    const places = [toEndpoint(endpoint), ...alsoAt.map(toEndpoint)] as const
    const { dns } = options
    if (options.backend && options.dataPath !== undefined)
      throw new TypeError('A front keeps no data: it takes no dataPath')
    const { isControlled } = options.access ?? openAccess
    if (!insecure) for (const place of places) requireProtected(place, { isControlled })
    if (!insecure && dns && !isControlled) requireProtected(dns.endpoint)
    const sites = places.map((place, index) => {
      const handler = nodeHandler((request, response) => this.#serve(place, request, response))
      return new Site(place, handler, {
        name: index === 0 ? 'site' : `site-${index + 1}`,
        health: { ready: () => this.#running?.data.backend?.().reached ?? true },
        direct: request => this.#answer(place, request),
        upgrade: (request, socket, head) => {
          this.#asked.set(request, place)
          this.#running?.sessions.upgrade(request, socket, head)
        },
        connectionsMax: 2 * (options.sessionsMax ?? SESSIONS_MAX),
        connectionsPerAddressMax: options.connectionsPerAddressMax ?? CONNECTIONS_PER_ADDRESS_MAX,
      })
    })
    super(name, dns ? [...sites, dns] : sites, { clock: options.clock })
    this.#options = options
    this.#places = places
    this.#sites = sites
  }

  /** Where it listens, as URLs such as `tcp://127.0.0.1:8500`; none before it is bound. */
  get endpoints(): readonly string[] {
    return this.#sites.flatMap(site => site.endpoints)
  }

  /** Reads the certificates of `tls:` endpoints again, at once; they are looked at every minute anyway. Rejects, and keeps the old one, if one cannot be used. */
  async reloadCertificate(): Promise<void> {
    await Promise.all(this.#sites.map(site => site.reloadCertificate()))
  }

  /** What it knows. Undefined before it starts; another one after each start. */
  get store(): Store | undefined {
    return this.#running?.data.store
  }

  /** Rejects with `JournalError` when the data cannot be opened. */
  protected override onStart(_context: PhaseContext): void {
    this.#warnIfOpen()
    this.#running = this.#open()
    const onClosing = () => this.#running && leave(this.#running)
    for (const { closing } of this.#sites) closing.addEventListener('abort', onClosing, { once: true })
  }

  protected override async onStop({ signal }: PhaseContext): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (!running) return
    leave(running)
    running.sessions.destroy()
    for (const frontend of running.frontends) frontend.close()
    await running.data.handOver(signal)
    running.data.close()
  }

  #open(): Running {
    const { clock } = this
    const {
      dataPath,
      backend,
      graceMs,
      quietMs,
      frontends = [],
      dns,
      access = openAccess,
      version = '0.0.0',
      pingMs,
      silentMs,
      sessionsMax,
      preservation = {},
    } = this.#options
    const turn = new Turn()
    const onHealth = (error?: Error) => this.#tellHealth(error)
    const { limits } = this.#options
    const memory = new HeapRoom({ clock })
    const common = { clock, turn, graceMs, quietMs, limits, memory, preservation: preservation || undefined, onHealth }
    const data = backend ? openFrontData({ ...common, backend }) : openRegistryData({ ...common, dataPath })
    const { store, durability } = data
    const context = { store, durability, backend: data.backend }
    const router = new Router()
    const waysIn = dns ? [...frontends, dns] : frontends
    try {
      for (const frontend of waysIn) frontend.mount(router, { ...context, clock, turn, dataPath, access })
    } catch (error) {
      data.close()
      throw error
    }
    memory.start()
    const isForeign = (request: IncomingMessage) =>
      isFromForeignPage(request, this.#asked.get(request) ?? this.#places[0])
    const options = { version, pingMs, silentMs, sessionsMax, isForeign }
    const sessions = new SessionServer({ store, durability, turn, clock, access, ...options })
    const { settleMs = 2 * store.graceMs } = this.#options
    const settling = clock.schedule(settleMs, () => store.rosters.settle())
    const files = new OpenFiles({ clock })
    return { data, router, sessions, frontends: waysIn, settling, files, memory, left: false }
  }

  #serve(place: Endpoint, request: IncomingMessage, response: ServerResponse): void {
    if (isFromForeignPage(request, place)) throw new ForeignPageError(request)
    this.#running?.router.handle(request, response)
  }

  #answer(place: Endpoint, request: WholeRequest): WholeAnswer | Promise<WholeAnswer> | undefined {
    return isFromForeignPage(request, place) ? undefined : this.#running?.router.answer(request)
  }

  #tellHealth(error: Error | undefined): void {
    if (error) this.degrade(error.message)
    else this.recover()
  }

  /** At each start, so that it is in every log. */
  #warnIfOpen(): void {
    const { dns, access = openAccess } = this.#options
    const { isControlled } = access
    const opens = isControlled ? 'and tokens can be read on the way' : 'and lets everybody change everything'
    const isOpen = this.#places.some(place => !isProtected(place, { isControlled }))
    if (isOpen) warn(`listens where everybody may come from, ${opens}`)
    if (dns && !isControlled && !isProtected(dns.endpoint)) warn('tells everybody by DNS what is registered')
  }
}

function warn(what: string): void {
  publish('daemon', { level: 'warn', event: 'daemon.insecure', message: `The registry ${what}` })
}

/** What exists between a start and the stop. */
interface Running {
  readonly data: RegistryData
  readonly router: Router
  readonly sessions: SessionServer
  readonly frontends: readonly Frontend[]
  readonly settling: Timer
  readonly files: OpenFiles
  readonly memory: HeapRoom
  /** Whether its clients were told. */
  left: boolean
}

const SESSIONS_MAX = 20_000
const CONNECTIONS_PER_ADDRESS_MAX = 20_000

/** Ends what clients hold open. Time stands still for the Store from now on: nobody is given up because the daemon leaves. */
function leave(running: Running): void {
  if (running.left) return
  running.left = true
  running.settling.cancel()
  running.files.close()
  running.memory.close()
  running.data.store.close()
  running.sessions.close()
  for (const frontend of running.frontends) frontend.leave()
}
