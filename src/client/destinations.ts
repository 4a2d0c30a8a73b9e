import type { Resolver } from '../discovery/resolver.ts'
import type { Resolvers } from '../discovery/resolvers.ts'
import type { Call } from './call.ts'
import { Destination } from './destination.ts'
import type { InFlight } from './in-flight.ts'
import type { Settings } from './settings.ts'

/** What Destinations are made of. */
export interface DestinationsOptions {
  resolvers: Pick<Resolvers, 'get'>
  settings: Settings
  inFlight: InFlight<Call>
}

/** How many services are remembered; the one first called makes room. As many as there are Resolvers. */
const SERVICES_MAX = 1_000

/** What is kept for one service: its Destinations by any protocol and over TLS only, both fed by the same Resolver. */
interface Entry {
  readonly resolver: Resolver
  plain: Destination | undefined
  secure: Destination | undefined
}

/** One Destination per service name (and one more where TLS is demanded), made when first asked for. */
export class Destinations {
  readonly #options: DestinationsOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: DestinationsOptions) {
    this.#options = options
  }

  /** The Destination of `serviceName`. Asked at every request, which also keeps its Resolver open. */
  get(serviceName: string, secure: boolean): Destination {
    const resolver = this.#options.resolvers.get(serviceName)
    const known = this.#entries.get(serviceName)
    const entry = known?.resolver === resolver ? known : this.#begin(serviceName, resolver)
    if (secure) return (entry.secure ??= this.#make(serviceName, true, resolver))
    return (entry.plain ??= this.#make(serviceName, false, resolver))
  }

  /** Closes all connections. */
  close(): void {
    for (const { plain, secure } of this.#entries.values()) {
      plain?.close()
      secure?.close()
    }
    this.#entries.clear()
  }

  /** A service is called for the first time, or again after so long that its Resolver was closed. */
  #begin(serviceName: string, resolver: Resolver): Entry {
    this.#retire(serviceName)
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= SERVICES_MAX) this.#retire(oldest)
    const entry: Entry = { resolver, plain: undefined, secure: undefined }
    this.#entries.set(serviceName, entry)
    return entry
  }

  #retire(serviceName: string): void {
    const entry = this.#entries.get(serviceName)
    entry?.plain?.retire()
    entry?.secure?.retire()
    this.#entries.delete(serviceName)
  }

  #make(serviceName: string, secure: boolean, source: Resolver): Destination {
    const { settings, inFlight } = this.#options
    return new Destination({ serviceName, secure, source, settings, inFlight })
  }
}
