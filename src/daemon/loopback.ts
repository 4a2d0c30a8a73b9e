import { isIPv4, isIPv6 } from 'node:net'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { formatEndpoint } from '../endpoint/parse-endpoint.ts'
import { InsecureInterfaceError } from './errors.ts'

/**
 * Whether only programs of this machine, or ones that show a certificate, can reach who listens on `endpoint`: a loopback interface, a Unix
 * socket, TLS that demands client certificates; TLS alone where there are rules of access (`isControlled`), for then it takes a token. An
 * absent interface is all of them.
 */
export function isProtected(endpoint: Endpoint, { isControlled = false }: Protection = {}): boolean {
  if (endpoint.scheme === 'unix') return true
  if (endpoint.scheme === 'tls' && (isControlled || endpoint.ca !== undefined)) return true
  return endpoint.host !== undefined && isLoopback(endpoint.host)
}

/** What protects an endpoint besides itself. */
export interface Protection {
  /** Whether there are rules of access. */
  readonly isControlled?: boolean
}

/** Throws `InsecureInterfaceError` unless {@link isProtected}. */
export function requireProtected(endpoint: Endpoint, protection?: Protection): void {
  if (!isProtected(endpoint, protection)) throw new InsecureInterfaceError(formatEndpoint(endpoint))
}

/** Whether an interface is reached by programs of this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIPv4(host) && host.startsWith('127.')) || (isIPv6(host) && host === '::1')
}
