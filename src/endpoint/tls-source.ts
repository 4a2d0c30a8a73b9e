import type { Server, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { sleep } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { CertificateFiles } from './certificate-files.ts'
import type { TlsEndpoint } from './endpoint.ts'
import { CertificateMissingError } from './errors.ts'
import type { ListenerSource } from './listener.ts'
import { formatEndpoint } from './parse-endpoint.ts'
import { RefusedClients } from './refused-clients.ts'

/** What only a TLS listener has to know. */
export interface TlsSourceOptions {
  /** Protocols offered over TLS, such as `['http/1.1']`. Default none. */
  alpnProtocols?: readonly string[] | undefined
  /** How often the certificate files are looked at for a change. Default 60,000; 0: only `reload()` reads them. */
  certificateCheckMs?: number | undefined
  /** How long a TLS handshake may take. Default 10,000. */
  handshakeTimeoutMs?: number | undefined
}

/**
 * A TLS server that is not yet bound, with its certificate. The certificate is replaced, for new connections, when its files change and
 * can be used; until then the old one stays. An endpoint with `ca` demands a certificate of its clients.
 */
export async function tlsSource(
  endpoint: TlsEndpoint,
  options: TlsSourceOptions & { clock: Clock; allowHalfOpen?: boolean | undefined },
): Promise<ListenerSource> {
  const {
    clock,
    allowHalfOpen = false,
    alpnProtocols,
    certificateCheckMs = 60_000,
    handshakeTimeoutMs = 10_000,
  } = options
  if (!endpoint.cert) throw new CertificateMissingError(formatEndpoint(endpoint))
  const files = new CertificateFiles(endpoint)
  const server = createServer({
    ...(await files.read()),
    allowHalfOpen,
    noDelay: true,
    requestCert: endpoint.ca !== undefined,
    handshakeTimeout: handshakeTimeoutMs,
    ...(alpnProtocols && { ALPNProtocols: [...alpnProtocols] }),
  })
  const reload = async () => server.setSecureContext(await files.read())
  const closing = new AbortController()
  const { host, port } = endpoint
  const refused = new RefusedClients(
    clock,
    formatEndpoint({ scheme: 'tls', port, ...(host !== undefined && { host }) }),
  )
  closing.signal.addEventListener('abort', trackHandshakes(server, refused))
  const reloadIfChanged = async () => ((await files.changed()) ? reload() : undefined)
  if (certificateCheckMs > 0) repeat(reloadIfChanged, { clock, everyMs: certificateCheckMs, signal: closing.signal })
  return { server, endpoint, event: 'secureConnection', onClose: () => closing.abort(), reload }
}

/** Remembers who has not finished the handshake, and tells who is refused; the returned function destroys them. */
function trackHandshakes(server: Server, refused: RefusedClients): () => void {
  const handshaking = new Map<string, Socket>()
  const addresses = new WeakMap<object, string>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    if (socket.remoteAddress !== undefined) addresses.set(socket, socket.remoteAddress)
    handshaking.set(peer, socket)
    socket.once('close', () => handshaking.delete(peer))
  })
  server.on('secureConnection', (socket: TLSSocket) => handshaking.delete(peerOf(socket)))
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    // Node says of a handshake that takes too long that it does, and leaves the connection open.
    socket.destroy()
    const reason = refusalReason(error, socket)
    if (reason !== undefined) refused.tell({ address: addresses.get(below(socket)), reason })
    const message = `A TLS handshake failed: ${error.message}`
    publish('endpoint', { level: 'debug', event: 'handshake.failed', message, error })
  })
  return () => {
    for (const socket of handshaking.values()) socket.destroy()
  }
}

/** What was wrong with the certificate of a client, or that it had none; undefined where the handshake failed for another reason. */
function refusalReason(error: NodeJS.ErrnoException, { authorizationError }: TLSSocket): string | undefined {
  // A text, whatever its type says.
  if (authorizationError) return (authorizationError as NodeJS.ErrnoException).code ?? String(authorizationError)
  return error.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' ? error.code : undefined
}

/** The socket that TLS is spoken on: by then TLS's own does not know its address any more. */
function below(socket: TLSSocket): object {
  return (Reflect.get(socket, '_parent') as object | undefined) ?? socket
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

/** Begins to call `reload` every so often, each time after the one before has ended, until the signal aborts. */
function repeat(
  reload: () => Promise<void>,
  { clock, everyMs, signal }: { clock: Clock; everyMs: number; signal: AbortSignal },
): void {
  const loop = async () => {
    for (;;) {
      await sleep(clock, everyMs, { signal })
      await reload().catch(tellRejected)
    }
  }
  loop().catch(() => {})
}

function tellRejected(error: unknown): void {
  const message = `The changed certificate files cannot be used; the old ones stay: ${String(error)}`
  publish('endpoint', { level: 'error', event: 'certificate.rejected', message, error })
}
