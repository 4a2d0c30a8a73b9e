import type { Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { HandshakeError } from '../../protocol/errors.ts'
import { PROTOCOL_LIMITS, SESSION_PATH } from '../../protocol/protocol.ts'
import { openWebSocket } from '../../protocol/web-socket/dial.ts'
import { RegistryRefusedError } from './errors.ts'

/** What happens on a Connection. */
export interface ConnectionListener {
  /** A whole frame has come. */
  onFrame(frame: string): void
  /** The other end has pinged, or answered a ping. */
  onAlive(): void
  /** The connection is over, by whichever end; called once, and nothing after it. */
  onClose(end: ConnectionEnd): void
}

/** How a Connection ended. */
export interface ConnectionEnd {
  /** A close code of WebSocket; 1006 when there was no goodbye. */
  readonly code: number
  /** What the other end said with it, or what broke. */
  readonly reason: string
}

/** One connection that carries frames of text in both directions: all that the session client needs to know of WebSocket. */
export interface Connection {
  /** Hands a frame to the network, in order. Lost when the connection is over. */
  send(frame: string): void
  ping(): void
  /** Ends the connection now, without goodbye; `onClose` follows. */
  destroy(): void
}

/** Opens a Connection. Rejects when that fails, and with the signal's reason when it aborts. */
export type Dial = (listener: ConnectionListener, options?: Abortable) => Promise<Connection>

/** How TLS is spoken with a daemon. Everything is PEM. */
export interface DaemonTls {
  /** The authorities to trust instead of the system's. */
  readonly ca?: string | undefined
  /** The own certificate, where the daemon asks for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name to find in the daemon's certificate. Default: the host. */
  readonly serverName?: string | undefined
}

/** Where a daemon is, and how it is spoken to. */
export interface DaemonAddress extends DaemonHost {
  readonly clock: Clock
  /** Shows who this is; none if empty or absent. */
  readonly token?: string | undefined
  /** Absent: no TLS. */
  readonly tls?: DaemonTls | undefined
}

/** A host and its port. */
export interface DaemonHost {
  readonly host: string
  readonly port: number
}

/** The URL of a daemon, or of several, for people: without the token. Throws a TypeError when a header cannot hold that. */
export function daemonUrl(hosts: readonly DaemonHost[], token = ''): string {
  if (!/^[!-~]*$/.test(token))
    throw new TypeError('The token of a registry daemon may have only visible ASCII characters')
  const places = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  return `ropewalk://${places.join(',')}`
}

/** Dials the daemon there, by WebSocket. What it makes rejects with `RegistryRefusedError` when the daemon does not know the token. */
export function dialWebSocket({ host, port, clock, token, tls }: DaemonAddress): Dial {
  return async (listener, { signal } = {}) => {
    try {
      return await openWebSocket({
        host,
        port,
        path: SESSION_PATH,
        headers: token ? { authorization: `Bearer ${token}` } : {},
        tls,
        clock,
        messageBytesMax: PROTOCOL_LIMITS.serverFrameBytes,
        listener: {
          onText: frame => listener.onFrame(frame),
          onAlive: () => listener.onAlive(),
          onRoom: () => {},
          onClose: end => listener.onClose(end),
        },
        signal,
      })
    } catch (error) {
      throw error instanceof HandshakeError && error.status === 401 ? tokenUnknown(error) : error
    }
  }
}

function tokenUnknown(cause: HandshakeError): RegistryRefusedError {
  const message = 'the token is not known there: it may have been taken out of the rules, or belong to another registry'
  return new RegistryRefusedError({ code: 'ERR_TOKEN_UNKNOWN', message }, { cause })
}
