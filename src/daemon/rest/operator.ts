import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a request may do what operators do: it comes from this machine, and from a program rather than from somebody's web page in a
 * browser on this machine (which could be made to send it by any site, or by a name that was bound to this machine).
 */
export function isOperator({ socket, headers }: IncomingMessage): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false
  const host = parsed(`http://${headers.host ?? ''}`)
  if (!host || !isThisMachine(host.hostname)) return false
  return headers.origin === undefined || parsed(headers.origin)?.host === host.host
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}

/** A name, other than by an address, could have been bound to this machine by anybody. */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) > 0
}

function parsed(url: string): URL | undefined {
  return URL.parse(url) ?? undefined
}
