import type { Socket } from 'node:net'
import { type Dispatcher, fetch } from 'undici'
import { BaseService, type BaseServiceOptions } from '../application/base-service.ts'
import type { PhaseContext } from '../application/phase.ts'
import type { StopOptions } from '../application/service.ts'
import type { Balancer } from '../balancer/balancer.ts'
import { PowerOfTwoChoices } from '../balancer/power-of-two-choices.ts'
import { SLOW_START_MS } from '../balancer/slow-start.ts'
import { abortable, type Abortable } from '../core/abort.ts'
import { systemClock } from '../core/clock.ts'
import { type Random, systemRandom } from '../core/random.ts'
import type { Registry } from '../discovery/registry.ts'
import { Resolvers } from '../discovery/resolvers.ts'
import { connect as connectEndpoint } from '../endpoint/connect.ts'
import type { Call } from './call.ts'
import { connectService } from './connect-service.ts'
import { Destinations } from './destinations.ts'
import { ClientStoppedError } from './errors.ts'
import type { Explanation } from './explanation.ts'
import { fetchArguments } from './fetch-arguments.ts'
import { followRedirect } from './fetch/follow-redirect.ts'
import { lightFetch } from './fetch/light-fetch.ts'
import { type PlainRequest, plainRequest } from './fetch/plain-request.ts'
import { InFlight } from './in-flight.ts'
import { isUsual, lightRequest } from './light-request.ts'
import { requestTarget } from './request-target.ts'
import { ServiceDispatcher } from './service-dispatcher.ts'
import { serviceGrammar } from './service-endpoint.ts'
import type { ClientLimits, Connect, RetryOptions, Settings } from './settings.ts'

/** What a Client is made of. */
export interface ClientOptions extends BaseServiceOptions, ClientLimits {
  registry: Pick<Registry, 'watch'>
  /** Makes the Balancer of each service that is called. Default: power of two choices by requests in flight. */
  balancer?: () => Balancer
  retry?: RetryOptions
  /** Opens sockets to Instances, in place of `connect` of `ropewalk/endpoint`: through a proxy, say. */
  connect?: Connect
  random?: Random
  /** Default `client`. */
  name?: string
}

/** How to make a request: undici's options, but for what the URL says. */
export type ClientRequestOptions = Partial<Omit<Dispatcher.RequestOptions, 'origin' | 'path'>>

/** How often the times of requests are looked at in the time one attempt has, and the bounds in milliseconds. */
const LOOKS_PER_ATTEMPT = 8
const TICK_MS_MIN = 10
const TICK_MS_MAX = 250

/**
 * Calls services by name. A URL whose host has no dot and no port, and is not `localhost`, names a service: `http://users/42` goes to one
 * of the Instances of `users` that take work. What could not be sent goes to another Instance, and so does what failed after it was
 * sent if it may be repeated, within a retry budget. Nothing is sent to an Instance known to be draining.
 *
 * Usable once constructed. As a Service it is listed after the registry and before what uses it: stopping waits for the requests under
 * way until the deadline, then fails them with `ClientStoppedError`. Between a stop and the next start every request fails with that.
 */
export class Client extends BaseService {
  readonly #settings: Settings
  /** What it knows of the services it calls: to be listened to, or asked how old it is. */
  readonly resolvers: Resolvers
  readonly #inFlight: InFlight<Call>
  readonly #destinations: Destinations
  /** For all that takes an undici Dispatcher. Node's own `fetch` does not take this one: use `client.fetch`. */
  readonly dispatcher: ServiceDispatcher
  #stopped = false

  constructor(options: ClientOptions) {
    super(options.name ?? 'client', options)
    const settings = settingsOf(options)
    const { clock, random, attemptTimeoutMs } = settings
    const tickMs = Math.min(Math.max(attemptTimeoutMs / LOOKS_PER_ATTEMPT, TICK_MS_MIN), TICK_MS_MAX)
    const resolvers = new Resolvers({ registry: options.registry, clock, random })
    const inFlight = new InFlight<Call>({ clock, tickMs })
    this.#settings = settings
    this.resolvers = resolvers
    this.#inFlight = inFlight
    this.#destinations = new Destinations({ resolvers, settings, inFlight })
    this.dispatcher = new ServiceDispatcher({
      routeTo: (serviceName, secure) => this.#route(serviceName, secure),
      stop: error => this.#stopBy(error),
    })
  }

  /**
   * As the global `fetch`, for services by name and everything else, at a fifth of its cost. Rejects as that does, with a TypeError whose `cause` tells what
   * happened: `NoInstanceError`, `UnknownServiceError`, `RequestTimeoutError`, or the last attempt's error.
   */
  readonly fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    try {
      const plain = plainRequest(input, init)
      return plain ? this.#fetchPlain(plain) : fetch(...fetchArguments(this.dispatcher, input, init))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * As undici's `request`, at half of its cost. The body of the answer must be read, or dumped with `body.dump()`. Rejects
   * with `NoInstanceError`, `UnknownServiceError`, `RequestTimeoutError`, or the last attempt's error.
   */
  request(url: string | URL, options: ClientRequestOptions = {}): Promise<Dispatcher.ResponseData> {
    try {
      const method = options.method ?? (options.body ? 'PUT' : 'GET')
      const { origin, path } = requestTarget(url)
      const request = { ...options, origin, path, method }
      return isUsual(options) ? lightRequest(this.dispatcher, request) : this.dispatcher.request(request)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Opens a socket to an Instance of the service that a `service:` endpoint names; whatever protocol is spoken over it. Tries one Instance
   * after the other. Rejects with `NoInstanceError`, `UnknownServiceError`, `EndpointSyntaxError`, `ClientStoppedError`, or the
   * signal's reason.
   */
  async connect(endpoint: string, options: Abortable = {}): Promise<Socket> {
    const { serviceName } = serviceGrammar.parse(endpoint)
    const destination = this.#route(serviceName, false)
    try {
      await this.resolvers.get(serviceName).ready({ waitMs: this.#settings.waitMs, signal: options.signal })
      return await connectService(destination, options)
    } catch (error) {
      throw this.#stopped && !options.signal?.aborted ? new ClientStoppedError({ cause: error }) : error
    }
  }

  /** Why it calls the Instances of `serviceName` that it calls. Begins to watch the service if it did not yet. */
  explain(serviceName: string): Explanation {
    return this.#route(serviceName, false).explanation
  }

  override async stop(options?: StopOptions): Promise<void> {
    await super.stop(options)
    await this.#release()
  }

  protected override async onStart({ signal }: PhaseContext): Promise<void> {
    await this.resolvers.start({ signal })
    this.#stopped = false
  }

  protected override async onStop({ signal }: PhaseContext): Promise<void> {
    this.#stopped = true
    await abortable(this.#inFlight.settled(), signal).catch(() => undefined)
    await this.#release()
  }

  async #fetchPlain(request: PlainRequest): Promise<Response> {
    const answer = await lightFetch(this.dispatcher, request)
    return 'location' in answer ? followRedirect(this.dispatcher, request, answer) : answer
  }

  #route(serviceName: string, secure: boolean) {
    if (this.#stopped) throw new ClientStoppedError()
    return this.#destinations.get(serviceName, secure)
  }

  async #stopBy(error: Error | undefined): Promise<void> {
    if (error) this.#failAll(error)
    await this.stop()
  }

  #failAll(error: Error): void {
    this.#stopped = true
    for (const call of this.#inFlight.all) call.fail(error)
  }

  async #release(): Promise<void> {
    this.#failAll(new ClientStoppedError())
    this.#destinations.close()
    await this.dispatcher.closeDirect('destroy')
    await this.resolvers.stop()
  }
}

function settingsOf(options: ClientOptions): Settings {
  const { clock = systemClock, random = systemRandom, retry: { attemptsMax = 3, ...budget } = {} } = options
  const {
    balancer = () => new PowerOfTwoChoices({ random }),
    connect = connectEndpoint,
    waitMs = 1_000,
    firstSetMs = 2_000,
    attemptTimeoutMs = 5_000,
    requestTimeoutMs = 300_000,
    connectTimeoutMs = 2_000,
    connectionsMax = 256,
    queueMax = 10_000,
    slowStartMs = SLOW_START_MS,
  } = options
  const times = { waitMs, firstSetMs, attemptTimeoutMs, requestTimeoutMs, connectTimeoutMs, slowStartMs }
  return { ...times, connectionsMax, queueMax, balancer, connect, attemptsMax, budget, clock, random }
}
