import type { Balancer } from '../balancer/balancer.ts'
import { CandidateSet } from '../balancer/candidate-set.ts'
import { SlowStart } from '../balancer/slow-start.ts'
import { abortable, timeLimit } from '../core/abort.ts'
import { publish } from '../core/event.ts'
import type { Instance } from '../discovery/instance.ts'
import { Ejections, type EjectionReason } from './ejections.ts'
import { ClientStoppedError } from './errors.ts'
import { Peer } from './peer.ts'
import type { Settings } from './settings.ts'
import { Warming } from './warming.ts'

/** What Peers are made of. */
export interface PeersOptions {
  serviceName: string
  /** Whether only TLS will do. */
  secure: boolean
  settings: Settings
  /** Called when one comes back or may be probed, so that up to `count` of those who wait may find one. */
  onRoom: (count: number) => void
}

/**
 * How long `apply` waits for requests on their way to Instances that take no more, in milliseconds. What was written so long ago has
 * arrived, answered or not.
 */
const SETTLING_MS_MAX = 100

/** A probe that is met with silence has failed after the time of an attempt, which is looked at a few times in that time. */
const PROBE_ATTEMPTS = 1.25

/** The Peers of one service: which there are, which of them is next, and which are put aside. */
export class Peers {
  readonly #options: PeersOptions
  readonly #balancer: Balancer
  readonly #candidates: CandidateSet<Peer>
  readonly #ejections: Ejections
  readonly #slowStart: SlowStart
  readonly #warming: Warming

  constructor(options: PeersOptions) {
    const { settings, serviceName, secure } = options
    const { clock } = settings
    const peerOptions = {
      serviceName,
      secure,
      settings,
      onConnect: (peer: Peer) => this.connected(peer),
      onConnectError: (peer: Peer, error: Error) => this.eject(peer, 'unreachable', error),
    }
    this.#options = options
    this.#balancer = settings.balancer()
    this.#slowStart = new SlowStart({ windowMs: settings.slowStartMs, clock })
    const create = (instance: Instance) => new Peer(instance, this.#balancer.newLoad(), peerOptions)
    this.#candidates = new CandidateSet(create, this.#slowStart)
    this.#warming = new Warming({ candidates: this.#candidates, stepMs: this.#slowStart.stepMs, clock })
    this.#ejections = new Ejections({
      clock,
      random: settings.random,
      probeMs: settings.attemptTimeoutMs * PROBE_ATTEMPTS,
      onChange: peer => this.#sort(peer),
      onProbe: () => options.onRoom(1),
    })
  }

  get all(): Iterable<Peer> {
    return this.#candidates.all
  }

  /** Which part of the weight of `peer` counts: less than 1 in slow start. */
  shareOf(peer: Peer): number {
    return this.#slowStart.shareOf(peer)
  }

  /** The next for a request: undefined when none takes work. One that waits to be probed goes first. */
  next(isRepeatable: () => boolean): Peer | undefined {
    const probed = this.#ejections.isProbeDue ? this.#ejections.takeProbe(isRepeatable) : undefined
    return probed ?? this.#balancer.pick(this.#candidates.best)
  }

  /** The next for a connection that is no request. That it can be made says nothing of one that hangs, so such are not probed by it. */
  nextToConnect(): Peer | undefined {
    const probed = this.#ejections.isProbeDue ? this.#ejections.takeUnreachable() : undefined
    return probed ?? this.#balancer.pick(this.#candidates.best)
  }

  /** Whether the next is one that is not ejected, or one that waits to be probed. */
  get isAnyHopeful(): boolean {
    const [best] = this.#candidates.best
    return this.#ejections.isProbeDue || (best !== undefined && !best.ejected)
  }

  /** The next among those not yet tried. */
  nextUntried(tried: ReadonlySet<Peer>): Peer | undefined {
    return this.#balancer.pick(this.#candidates.untried(tried))
  }

  /**
   * Takes over a newer set. To those that are draining or gone nothing is sent from now on: what has not been written goes to others at
   * once. The promise, if there is one, resolves when what was written to them has its answer begun, or 100 ms later: when it has arrived.
   */
  apply(instances: readonly Instance[]): Promise<void> | undefined {
    const gone = this.#candidates.update(instances)
    const closing = [...gone, ...this.#draining()]
    this.#revive()
    for (const peer of this.all) peer.takeOutdated()?.retire()
    for (const peer of closing) this.#retire(peer)
    for (const peer of this.all) if (peer.takeRenewed()) this.#ejections.pardon(peer)
    this.#warming.sorted()
    const onTheWay = closing.map(peer => peer.quiet()).filter(quiet => quiet !== undefined)
    return onTheWay.length > 0 ? this.#arrived(onTheWay) : undefined
  }

  /** Puts `peer` aside after `error`, unless nothing is sent to it anyway. */
  eject(peer: Peer, reason: EjectionReason, error: Error): void {
    peer.lastError = error
    if (!peer.pool.accepting || !this.#ejections.eject(peer, reason)) return
    const { serviceName } = this.#options
    const { id } = peer.instance
    const message = `The instance "${id}" of "${serviceName}" is ${reason}: chosen last until it answers again`
    publish('client', { level: 'warn', event: 'instance.ejected', message, serviceName, instance: id, reason, error })
  }

  /** `peer` answers an attempt that began at `startedAt`: that may let it back in. */
  recovered(peer: Peer, startedAt: number): void {
    if (this.#ejections.answered(peer, startedAt)) this.#reportRestored(peer)
  }

  /** A connection to `peer` was made: if it was put aside for want of that, it is back. */
  connected(peer: Peer): void {
    if (peer.ejected && this.#ejections.connected(peer)) this.#reportRestored(peer)
  }

  #reportRestored(peer: Peer): void {
    const { serviceName } = this.#options
    const { id } = peer.instance
    const message = `The instance "${id}" of "${serviceName}" can be called again`
    publish('client', { level: 'info', event: 'instance.restored', message, serviceName, instance: id })
  }

  /** Closes all connections, those with a request under way too. */
  close(): void {
    this.#ejections.close()
    for (const peer of this.all) peer.pool.destroy(new ClientStoppedError())
  }

  #draining(): Peer[] {
    return Array.from(this.all).filter(peer => peer.instance.status === 'draining' && peer.pool.accepting)
  }

  /** Before anything that sends requests to another Peer: one that is picked and takes none would be picked for them for ever. */
  #revive(): void {
    for (const peer of this.all) if (peer.instance.status !== 'draining') peer.pool.revive()
  }

  #retire(peer: Peer): void {
    this.#ejections.forget(peer)
    peer.pool.retire()
  }

  #sort(peer: Peer): void {
    this.#candidates.sort()
    this.#warming.sorted()
    if (!peer.ejected) this.#options.onRoom(Infinity)
  }

  async #arrived(onTheWay: Promise<void>[]): Promise<void> {
    using limit = timeLimit(this.#options.settings.clock, SETTLING_MS_MAX)
    await abortable(Promise.all(onTheWay), limit.signal).catch(() => undefined)
  }
}
