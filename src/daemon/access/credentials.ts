import type { RequestHead } from '../../web/whole-request.ts'
import { TLSSocket } from 'node:tls'

/** What a request shows of who sends it. */
export interface Credentials {
  /** Of `X-Consul-Token`, else of `Authorization: Bearer`; empty if there is none. */
  readonly token: string
  /** The common name in the certificate of the client, which TLS has found to be good; empty if there is none. */
  readonly certificate: string
}

/** Reads the credentials of a request. */
export function credentialsOf({ headers, socket }: RequestHead): Credentials {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const token = String(headers['x-consul-token'] ?? '') || bearer
  return { token, certificate: token === '' ? certificateOf(socket) : '' }
}

function certificateOf(socket: RequestHead['socket']): string {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return ''
  // Null, whatever its types say, once the connection is gone.
  const certificate = socket.getPeerCertificate() as ReturnType<typeof socket.getPeerCertificate> | null
  const name = certificate?.subject?.CN
  return typeof name === 'string' ? name : ''
}

/** Where a request comes from, for people. */
export function addressOf({ socket }: RequestHead): string {
  return socket.remoteAddress === undefined ? 'this machine' : `${socket.remoteAddress}:${socket.remotePort}`
}
