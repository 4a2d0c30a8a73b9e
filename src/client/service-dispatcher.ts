import { Agent, Dispatcher } from 'undici'
import { serviceNameOf } from './service-origin.ts'

/** Makes the requests of one service. */
export interface Route {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
}

/** What a ServiceDispatcher is made of. */
export interface ServiceDispatcherOptions {
  /** The Route to a service, over TLS only if `secure`. Asked at every request; may throw. */
  routeTo: (serviceName: string, secure: boolean) => Route
  /** Ends what makes the requests: with an error, what is in flight fails with it. */
  stop: (error?: Error) => Promise<void>
}

/** Origins whose meaning is remembered; when there are more, it is found out anew. */
const ORIGINS_MAX = 1_000

interface Meaning {
  readonly origin: string
  /** Undefined: the origin is called as it stands. */
  readonly serviceName: string | undefined
  readonly secure: boolean
}

/**
 * An undici Dispatcher, for all that takes one: requests whose host is a service name go to an Instance of that service, all others
 * where they say. It can be composed with undici's interceptors. Closing or destroying it stops the Client it belongs to.
 */
export class ServiceDispatcher extends Dispatcher {
  readonly #options: ServiceDispatcherOptions
  readonly #meanings = new Map<string, Meaning>()
  #last: Meaning = { origin: '', serviceName: undefined, secure: false }
  #agent: Agent | undefined

  constructor(options: ServiceDispatcherOptions) {
    super()
    this.#options = options
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    try {
      const { serviceName, secure } = this.#meaning(options.origin)
      if (serviceName === undefined) return this.#direct().dispatch(options, handler)
      this.#options.routeTo(serviceName, secure).dispatch(options, handler)
    } catch (error) {
      if (!handler.onResponseError) throw error
      handler.onResponseError(undefined as never, error as Error)
    }
    return true
  }

  override close(callback?: () => void): Promise<void> {
    return settle(this.#options.stop(), callback)
  }

  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> {
    const [error, callback] = typeof first === 'function' ? [undefined, first] : [first ?? undefined, second]
    return settle(this.#options.stop(error ?? new DOMException('The dispatcher was destroyed', 'AbortError')), callback)
  }

  /** Closes the connections to hosts that are no services, when their requests are done or at once. */
  async closeDirect(how: 'close' | 'destroy'): Promise<void> {
    const agent = this.#agent
    this.#agent = undefined
    await agent?.[how]()
  }

  #direct(): Agent {
    return (this.#agent ??= new Agent())
  }

  #meaning(origin: string | URL | undefined): Meaning {
    const text = typeof origin === 'string' ? origin : (origin?.origin ?? '')
    if (text === this.#last.origin && text !== '') return this.#last // Cheaper than a look into a Map.
    return (this.#last = this.#meanings.get(text) ?? this.#findOut(text))
  }

  #findOut(origin: string): Meaning {
    const meaning = { origin, serviceName: serviceNameOf(origin), secure: origin.startsWith('https:') }
    if (this.#meanings.size >= ORIGINS_MAX) this.#meanings.clear()
    this.#meanings.set(origin, meaning)
    return meaning
  }
}

async function settle(promise: Promise<void>, callback: (() => void) | undefined): Promise<void> {
  await promise
  callback?.()
}
