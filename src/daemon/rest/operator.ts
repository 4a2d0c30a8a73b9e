import type { RequestHead } from '../../web/whole-request.ts'
import { isSameOrigin, isThisMachine } from '../foreign-page.ts'

/**
 * Whether a request may do what operators do: it comes from this machine, and from a program rather than from somebody's web page in a
 * browser on this machine (which could be made to send it by any site, or by a name that was bound to this machine).
 */
export function isOperator(request: RequestHead): boolean {
  const { socket, headers } = request
  return isFromHere(socket.remoteAddress ?? '') && isThisMachine(headers.host) && isSameOrigin(request)
}

function isFromHere(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
