import type { Dispatcher } from 'undici'
import { isObserved, publish } from '../core/event.ts'
import { RegistryUnavailableError } from '../discovery/errors.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'
import type { SetListener } from '../discovery/set-listeners.ts'
import { Call, type CallOwner } from './call.ts'
import type { EjectionReason } from './ejections.ts'
import { ClientOverloadedError, NoInstanceError, UnknownServiceError } from './errors.ts'
import { explain, type Explanation } from './explanation.ts'
import type { InFlight } from './in-flight.ts'
import type { Peer } from './peer.ts'
import { Peers } from './peers.ts'
import { RetryBudget } from './retry-budget.ts'
import { isRepeatable, isWorthRetrying } from './retry-rules.ts'
import type { Settings } from './settings.ts'
import { Waiters } from './waiters.ts'

/** Where the sets of Instances come from: a Resolver. */
export interface SetSource {
  readonly set: InstanceSet
  onChange(listener: SetListener): () => void
}

/** What a Destination is made of. */
export interface DestinationOptions {
  serviceName: string
  /** Whether only TLS will do. */
  secure: boolean
  source: SetSource
  settings: Settings
  inFlight: InFlight<Call>
}

/** One service as a Client calls it: finds each Call an Instance, and another when one fails. */
export class Destination implements CallOwner {
  readonly serviceName: string
  readonly settings: Settings
  readonly source: SetSource
  readonly peers: Peers
  readonly #budget: RetryBudget
  readonly #inFlight: InFlight<Call>
  readonly #waiters: Waiters<Call>
  readonly #stopListening: () => void

  constructor({ serviceName, secure, source, settings, inFlight }: DestinationOptions) {
    this.serviceName = serviceName
    this.settings = settings
    this.source = source
    this.peers = new Peers({ serviceName, secure, settings, onRoom: count => this.#wake(count) })
    this.#budget = new RetryBudget({ ...settings.budget, clock: settings.clock })
    this.#inFlight = inFlight
    this.#waiters = new Waiters(settings.clock)
    this.#stopListening = source.onChange(set => this.#apply(set))
    void this.peers.apply(source.set.instances)
  }

  /** How it stands now. */
  get explanation(): Explanation {
    const { serviceName } = this
    const { peers, source } = this
    return explain({
      serviceName,
      peers: peers.all,
      shareOf: peer => peers.shareOf(peer),
      set: source.set,
      waiting: this.#waiters.size,
      retries: this.#budget.balance,
    })
  }

  /** Makes a request; `handler` hears how it goes, as undici has it. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const call = new Call(this, options, handler)
    this.#inFlight.add(call)
    call.begin()
    if (call.isOver) return
    this.#budget.deposit()
    this.place(call)
  }

  /** Hears of no more sets, and closes its connections: each when its request is done. */
  retire(): void {
    this.#stopListening()
    void this.peers.apply([])
  }

  /** Retires, and closes all connections at once. */
  close(): void {
    this.peers.close()
    this.retire()
  }

  place(call: Call): void {
    const peer = this.#find(call)
    if (peer !== undefined) call.sendTo(peer)
    else if (call.lastError instanceof ClientOverloadedError) call.fail(call.lastError)
    else this.#wait(call)
  }

  eject(peer: Peer, reason: EjectionReason, error: Error): void {
    this.peers.eject(peer, reason, error)
  }

  recovered(peer: Peer, startedAt: number): void {
    this.peers.recovered(peer, startedAt)
  }

  grantRetry(call: Call, error: Error, where: 'untried' | 'any'): boolean {
    if (call.failures + 1 >= this.settings.attemptsMax) return false
    if (!isWorthRetrying(error) || !isRepeatable(call.options)) return false
    if (where === 'untried' && !this.hasUntried(call)) return false
    if (!this.#budget.withdraw(where === 'any' ? 'needed' : 'wished')) return false
    this.#reportRetry(call, error)
    return true
  }

  hasUntried(call: Call): boolean {
    const tried = new Set(call.tried)
    if (call.peer) tried.add(call.peer)
    return this.peers.nextUntried(tried) !== undefined
  }

  over(call: Call): void {
    this.#inFlight.delete(call)
    if (this.#waiters.size > 0) this.#waiters.forget(call)
  }

  /** Why there is no Instance: the registry is silent, knows no such service, or none takes work. */
  emptyError(waitedMs: number, cause?: unknown): Error {
    const { serviceName } = this
    const options = cause === undefined ? {} : { cause }
    if (!this.#isResolved) return new RegistryUnavailableError(`that should know "${serviceName}"`, options)
    if (!this.source.set.known) return new UnknownServiceError(serviceName, waitedMs, options)
    return new NoInstanceError(serviceName, waitedMs, options)
  }

  /** Whether the registry has said anything about the service yet. */
  get #isResolved(): boolean {
    const { revision, stale } = this.source.set
    return revision > 0 || !stale
  }

  /**
   * After a failure, one that was not tried. If all were: any again when the request has arrived somewhere, for it will not for ever;
   * one that is back in favour, or waits to be probed, when it never did.
   */
  #find(call: Call): Peer | undefined {
    const { tried } = call
    if (tried === undefined) return this.peers.next(() => isRepeatable(call.options))
    const untried = this.peers.nextUntried(tried)
    if (untried || call.lastError instanceof ClientOverloadedError) return untried
    if (call.failures === 0 && !this.peers.isAnyHopeful) return undefined
    call.tried = undefined
    return this.peers.next(() => true)
  }

  /** A Call that waits is placed anew by every set and every Instance that comes back; then all may be tried again. */
  #wait(call: Call): void {
    const { waitMs, firstSetMs, queueMax, clock } = this.settings
    if (this.#waiters.size >= queueMax) {
      return call.fail(new ClientOverloadedError(`an instance of "${this.serviceName}"`, queueMax))
    }
    const leftMs = (this.#isResolved ? waitMs : firstSetMs) - call.waitedMs
    call.waitingSince = clock.now()
    if (leftMs > 0) this.#waiters.add(call, leftMs, () => this.#giveUp(call))
    else this.#giveUp(call)
  }

  #giveUp(call: Call): void {
    this.#noteWait(call)
    const error = this.emptyError(Math.round(call.waitedMs), call.lastError)
    if (isObserved('client')) {
      const { serviceName } = this
      publish('client', { level: 'warn', event: 'request.unplaced', message: error.message, serviceName, error })
    }
    call.fail(error)
  }

  #wake(count: number): void {
    for (const call of this.#waiters.take(count)) {
      this.#noteWait(call)
      call.tried = undefined
      this.place(call)
    }
  }

  #noteWait(call: Call): void {
    call.waitedMs += this.settings.clock.now() - call.waitingSince
  }

  #apply({ instances }: InstanceSet): Promise<void> | undefined {
    const arrived = this.peers.apply(instances)
    this.#wake(Infinity)
    return arrived
  }

  #reportRetry(call: Call, error: Error): void {
    if (!isObserved('client')) return
    const { serviceName } = this
    const { method, path } = call.options
    const instance = call.peer?.instance.id
    const message = `${method} ${path} failed on the instance "${instance}" of "${serviceName}" and is sent again`
    publish('client', { level: 'info', event: 'request.retried', message, serviceName, instance, method, path, error })
  }
}
