import type { IncomingMessage } from 'node:http'
import { BodyTooLargeError, ClientGoneError } from './errors.ts'

/** How much of a body to accept. */
export interface BodyOptions {
  /** Default 1 MiB. */
  bodyBytesMax?: number | undefined
}

/** What bodies may have at most where nothing else is said: 1 MiB. */
export const BODY_BYTES_MAX = 2 ** 20

/**
 * The whole body of `request`. Rejects with BodyTooLargeError as soon as it is known to be too long (what follows is thrown away
 * unread), with ClientGoneError if it ends early. How long it may take is the server's `requestTimeoutMs`.
 */
export async function readBody(request: IncomingMessage, options: BodyOptions = {}): Promise<Buffer> {
  const { bodyBytesMax = BODY_BYTES_MAX } = options
  if (Number(request.headers['content-length']) > bodyBytesMax) throw new BodyTooLargeError(bodyBytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > bodyBytesMax) reject(new BodyTooLargeError(bodyBytesMax))
    else chunks.push(chunk)
  }
  const onClose = () => {
    if (!request.readableEnded) reject(new ClientGoneError())
  }
  request.on('data', onData).once('end', resolve).once('error', onClose).once('close', onClose)
  if (request.destroyed && !request.readableEnded) onClose()
  try {
    await promise
  } finally {
    request.off('data', onData).off('end', resolve).off('close', onClose).resume()
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}
