import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { type Abortable, timeLimit } from '../core/abort.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { CertificateFiles } from './certificate-files.ts'
import type { Endpoint, TlsEndpoint } from './endpoint.ts'
import { ConnectError, ConnectTimeoutError, PeerUntrustedError } from './errors.ts'
import { formatEndpoint, toEndpoint } from './parse-endpoint.ts'

/** How to connect. */
export interface ConnectOptions extends Abortable {
  clock?: Clock | undefined
  /** For all of it: looking up the name, connecting, the TLS handshake. Default 10,000. */
  timeoutMs?: number | undefined
  /** Protocols to offer over TLS. Default none. */
  alpnProtocols?: readonly string[] | undefined
}

/**
 * Connects to `endpoint`; resolves when data can be sent, over TLS with the server's certificate and name verified. A host with
 * several addresses is tried as RFC 8305 has it (happy eyeballs: families in turn, the next after 250 ms). Rejects with ConnectError,
 * ConnectTimeoutError, PeerUntrustedError or the signal's reason; nothing is left open then.
 */
export async function connect(endpoint: Endpoint | string, options: ConnectOptions = {}): Promise<Socket> {
  const { clock = systemClock, timeoutMs = 10_000, signal } = options
  const where = toEndpoint(endpoint)
  signal?.throwIfAborted()
  using limit = timeLimit(clock, timeoutMs, { signal })
  const socket = await open(where, options)
  try {
    await connected(socket, limit.signal)
    return socket
  } catch (cause) {
    socket.destroy()
    if (signal?.aborted) throw signal.reason
    const name = formatEndpoint(where)
    if (limit.signal.aborted) throw new ConnectTimeoutError(name, timeoutMs, { cause })
    if (socket instanceof TLSSocket && socket.authorizationError) throw new PeerUntrustedError(name, { cause })
    throw new ConnectError(name, { cause })
  }
}

async function open(endpoint: Endpoint, options: ConnectOptions): Promise<Socket> {
  if (endpoint.scheme === 'unix') return connectTcp({ path: endpoint.path })
  const { host = 'localhost', port } = endpoint
  if (endpoint.scheme === 'tcp') return connectTcp({ host, port, noDelay: true, autoSelectFamily: true })
  return connectTls({
    ...(await new CertificateFiles(endpoint).read()),
    ...naming(endpoint, host),
    host,
    port,
    rejectUnauthorized: endpoint.verify ?? true,
    ...(options.alpnProtocols && { ALPNProtocols: [...options.alpnProtocols] }),
  })
}

/** The name to ask for; an IP address must not be asked for (RFC 6066), it is only looked for in the certificate. */
function naming({ servername }: TlsEndpoint, host: string): { servername?: string } {
  const name = servername ?? host
  return isIP(name) ? {} : { servername: name }
}

async function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const event = socket instanceof TLSSocket ? 'secureConnect' : 'connect'
  const abort = () => reject(signal.reason)
  const onClose = () => reject(new Error('The connection was closed before it was ready'))
  socket.once(event, resolve).once('error', reject).once('close', onClose)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    await promise
    if (socket instanceof TLSSocket) socket.setNoDelay(true)
  } catch (error) {
    socket.on('error', () => {})
    throw error
  } finally {
    socket.off(event, resolve).off('error', reject).off('close', onClose)
    signal.removeEventListener('abort', abort)
  }
}
