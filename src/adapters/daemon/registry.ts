import type { Abortable } from '../../core/abort.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { lazily } from '../../core/lazily.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import { validateServiceName } from '../../discovery/create-instance.ts'
import { RegistryClosedError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { InstanceSet, ServiceNames } from '../../discovery/instance-set.ts'
import type { Lease } from '../../discovery/lease.ts'
import type { RegisterOptions, Registry } from '../../discovery/registry.ts'
import type { DeniedMessage, WelcomeMessage } from '../../protocol/server-message.ts'
import { SessionClient, type Push } from './client.ts'
import { type DaemonHost, type DaemonTls, daemonUrl, dialWebSocket, type Dial } from './connection.ts'
import { dialInTurn } from './dial-in-turn.ts'
import { Doubt } from './doubt.ts'
import { RegistryRefusedError } from './errors.ts'
import { Leases } from './leases.ts'
import { SharedNames } from './shared-names.ts'
import { SharedWatch } from './shared-watch.ts'

/** Which registry daemon, and how to deal with it. */
export interface DaemonRegistryOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 8500. */
  port?: number
  /** Several daemons that serve the same, as the fronts of one registry do, in the place of `host` and `port`: one is dialled until it fails, then the next. */
  hosts?: readonly DaemonHost[] | undefined
  /** Shows who this is where the daemon has rules of access. Default: none. */
  token?: string | undefined
  /** Speaks TLS, with these certificates. Default: no TLS. */
  tls?: DaemonTls | undefined
  /** Who this is, for people: a drain that waits in vain names it. Default `ropewalk`. */
  clientName?: string
  clock?: Clock
  random?: Random
  /** The longest wait for a connection, in milliseconds; then another one is tried. Default 5,000. */
  connectMs?: number
  /** The longest wait for an answer, in milliseconds, with a new connection if need be. Default 5,000. */
  requestMs?: number
  /** Opens a connection. Default: a WebSocket to one of `hosts`. */
  dial?: Dial
}

/**
 * A registry daemon (`ropewalk registry`) as a Registry. Usable once constructed: it connects with the first use, and one session carries
 * all leases and watches of this process.
 *
 * A connection that is lost is made again, at first within 50 ms, and the session goes on: leases are kept (the daemon holds them as
 * `suspect` for its grace), watches continue from their revision, requests without an answer are sent again. A lease that the daemon no
 * longer has then is lost: whoever holds it registers anew. While the daemon is out of reach, watches give their last set marked
 * `stale`; `register` waits for it to the limit, and everything else fails at once when it has been away for longer than that.
 *
 * After more than the daemon's grace in which nothing could be heard of it, sets are not `settled` for three of its pings and the grace: who is absent
 * may be alive, and about to come back.
 *
 * A daemon that does not know the token is asked again all the same, at most every two seconds, for rules change. Meanwhile requests, and watches that have
 * no set yet, reject with `RegistryRefusedError`, and the event `registry.refused` says so.
 */
export class DaemonRegistry implements Registry {
  readonly #clock: Clock
  readonly #client: SessionClient
  readonly #leases: Leases
  readonly #doubt: Doubt
  readonly #watches = new Map<string, SharedWatch>()
  #names: SharedNames | undefined
  /** Of the connection that is open. */
  #epoch: string | undefined

  constructor(options: DaemonRegistryOptions = {}) {
    const { host = '127.0.0.1', port = 8500, clientName = 'ropewalk' } = options
    const { clock = systemClock, random = systemRandom, connectMs = 5_000, requestMs = 5_000 } = options
    const { token, tls, hosts = [{ host, port }] } = options
    const dials = hosts.map(place => dialWebSocket({ ...place, clock, token, tls }))
    this.#clock = clock
    this.#doubt = new Doubt(clock)
    this.#client = new SessionClient({
      registry: daemonUrl(hosts, token),
      clientName,
      dial: options.dial ?? dialInTurn(dials),
      clock,
      random,
      connectMs,
      outageMs: requestMs,
      user: {
        held: () => this.#leases.keys(),
        onOpen: (welcome, deafMs) => this.#open(welcome, deafMs),
        onLost: () => this.#lose(),
        onRefused: error => this.#refuse(error),
        onPush: message => this.#receive(message),
      },
    })
    this.#leases = new Leases(this.#client, { clock, requestMs })
  }

  register(instance: Instance, { ttlMs = 15_000, signal }: RegisterOptions = {}): Promise<Lease> {
    return this.#leases.register(instance, { ttlMs, signal })
  }

  watch(serviceName: string, options: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    return lazily(() => {
      validateServiceName(serviceName)
      this.#client.start()
      return this.#sharedWatch(serviceName).read(options)
    })
  }

  async *services(options: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    this.#client.start()
    yield* this.#sharedNames().read(options)
  }

  /** Says goodbye: what is still registered ends at once if the daemon can be reached, and after its grace if not. */
  async close(): Promise<void> {
    const closed = this.#client.close()
    const error = new RegistryClosedError()
    for (const watch of this.#watches.values()) watch.close(error)
    this.#names?.close(error)
    await closed
  }

  #sharedWatch(serviceName: string): SharedWatch {
    const existing = this.#watches.get(serviceName)
    if (existing) return existing
    const watch: SharedWatch = new SharedWatch({
      serviceName,
      clock: this.#clock,
      doubt: this.#doubt,
      post: message => this.#client.post(message),
      onIdle: () => {
        if (this.#watches.get(serviceName) !== watch) return
        this.#watches.delete(serviceName)
        this.#client.post({ type: 'unwatch', service: serviceName })
      },
    })
    this.#watches.set(serviceName, watch)
    if (this.#epoch !== undefined) watch.open(this.#epoch)
    return watch
  }

  #sharedNames(): SharedNames {
    if (this.#names) return this.#names
    const names: SharedNames = new SharedNames({
      post: message => this.#client.post(message),
      onIdle: () => {
        if (this.#names !== names) return
        this.#names = undefined
        this.#client.post({ type: 'unwatch-names' })
      },
    })
    this.#names = names
    if (this.#epoch !== undefined) names.open(this.#epoch)
    return names
  }

  #open(welcome: WelcomeMessage, deafMs: number): void {
    const { epoch, held } = welcome
    this.#doubt.opened(welcome, deafMs)
    this.#epoch = epoch
    this.#leases.reconcile(held)
    for (const watch of this.#watches.values()) watch.open(epoch)
    this.#names?.open(epoch)
  }

  #lose(): void {
    this.#epoch = undefined
    for (const watch of this.#watches.values()) watch.lose()
  }

  /** Who has nothing yet is told, and may ask again; who has something goes on with that, stale. */
  #refuse(error: RegistryRefusedError): void {
    for (const [name, watch] of this.#watches) {
      if (watch.hasSet) continue
      this.#watches.delete(name)
      watch.close(error)
    }
    if (!this.#names || this.#names.hasNames) return
    this.#names.close(error)
    this.#names = undefined
  }

  /** Ends the watch; whoever watches again asks again, for rights can change. */
  #deny({ service, code, message }: DeniedMessage): void {
    const watch = this.#watches.get(service)
    this.#watches.delete(service)
    watch?.close(new RegistryRefusedError({ code, message }))
  }

  #receive(message: Push): void {
    switch (message.type) {
      case 'lost':
        return this.#leases.lose(message)
      case 'denied':
        return this.#deny(message)
      case 'set':
        return this.#watches.get(message.service)?.replace(message)
      case 'delta':
        return this.#watches.get(message.service)?.change(message)
      case 'names':
        return this.#names?.replace(message)
    }
  }
}
