import { isUnixConnection } from '../../endpoint/unix-connections.ts'
import type { RequestHead } from '../../web/whole-request.ts'
import { isSameOrigin, isThisMachine } from '../foreign-page.ts'

/**
 * Whether a request may do what operators do: it comes from this machine, and from a program rather than from somebody's web page in a
 * browser on this machine (which could be made to send it by any site, or by a name that was bound to this machine). By a Unix socket no browser
 * comes, and what programs send as the host there means nothing; an `Origin` is sent by a page behind a proxy.
 */
export function isOperator(request: RequestHead): boolean {
  const { socket, headers } = request
  const isHere = isUnixConnection(socket) || (isFromHere(socket.remoteAddress ?? '') && isThisMachine(headers.host))
  return isHere && isSameOrigin(request)
}

function isFromHere(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
