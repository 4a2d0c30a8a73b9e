import { createServer } from 'node:net'
import type { Abortable } from '../core/abort.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { bind } from './bind.ts'
import { limitPerAddress } from './connections-per-address.ts'
import type { Endpoint } from './endpoint.ts'
import { Listener, type ListenerSource } from './listener.ts'
import { formatEndpoint, toEndpoint } from './parse-endpoint.ts'
import { type TlsSourceOptions, tlsSource } from './tls-source.ts'
import { rememberUnix } from './unix-connections.ts'

/** How to listen. */
export interface ListenOptions extends Abortable, TlsSourceOptions {
  clock?: Clock | undefined
  /** Connections at a time, those held included; one more is refused. Default 10,000. */
  connectionsMax?: number | undefined
  /** Connections of one client address at a time; one more is closed at once. IPv6 counts by networks of 64 bits. Default: any number. */
  connectionsPerAddressMax?: number | undefined
  /** Whether a connection stays writable when the client has ended its half. Default false. */
  allowHalfOpen?: boolean | undefined
}

/**
 * Binds `endpoint` and holds its connections until the Listener is told to accept them: first all sockets are bound, then ports are
 * known and privileges can be dropped, then dependencies start, and only then is anything served. A Unix socket whose owner is gone is
 * replaced. Rejects with one of the errors of `errors.ts`, each saying what is in the way, or with the signal's reason.
 */
export async function listen(endpoint: Endpoint | string, options: ListenOptions = {}): Promise<Listener> {
  const { clock = systemClock, connectionsMax = 10_000, signal } = options
  const where = toEndpoint(endpoint)
  signal?.throwIfAborted()
  const source = where.scheme === 'tls' ? await tlsSource(where, { ...options, clock }) : tcpSource(where, options)
  source.server.maxConnections = connectionsMax
  limitConnections(source, options)
  try {
    await bind(source.server, where, clock)
  } catch (error) {
    source.onClose()
    if (source.server.listening) source.server.close()
    throw error
  }
  const listener = new Listener(source)
  if (!signal?.aborted) return listener
  await listener.close()
  throw signal.reason
}

function limitConnections(
  { server, endpoint }: ListenerSource,
  { connectionsPerAddressMax: max }: ListenOptions,
): void {
  if (max === undefined) return
  const where = formatEndpoint(endpoint)
  limitPerAddress(server, {
    max,
    onRefused(address) {
      const message = `${address} has as many connections to ${where} as one address may have, ${max}: more are closed`
      publish('endpoint', { level: 'warn', event: 'connection.refused', message, endpoint: where })
    },
  })
}

function tcpSource(endpoint: Endpoint, { allowHalfOpen = false }: ListenOptions): ListenerSource {
  const server = createServer({ allowHalfOpen, noDelay: true })
  if (endpoint.scheme === 'unix') rememberUnix(server)
  return { server, endpoint, event: 'connection', onClose: () => {}, reload: () => Promise.resolve() }
}
