import { createHash } from 'node:crypto'

/** What a server appends to the client's key before it hashes it. @see RFC 6455, section 1.3 */
const SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The only version there is. */
export const WEB_SOCKET_VERSION = '13'

/** What a server answers to the client's key, which shows that it speaks WebSocket. */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + SALT)
    .digest('base64')
}

/** Whether `key` is what a client has to send: 16 bytes in base64. */
export function isKey(key: string | undefined): key is string {
  return key !== undefined && /^[+/0-9A-Za-z]{22}==$/.test(key)
}
