import type { IncomingMessage } from 'node:http'
import type { ByteBudget } from '../core/byte-budget.ts'
import { BodiesTooManyError, BodyTooLargeError, ClientGoneError } from './errors.ts'

/** How much of a body to accept. */
export interface BodyOptions {
  /** Default 1 MiB. */
  bodyBytesMax?: number | undefined
}

/** How a body is read by who bounds what all of them take together. */
export interface SharedBodyOptions extends BodyOptions {
  /** What long bodies take that are not whole, with others'. Default: any number. */
  budget?: ByteBudget | undefined
}

/** As much of a body takes nothing of what all share: most are shorter. */
const FREE_BYTES = 16 * 1024

/** What bodies may have at most where nothing else is said: 1 MiB. */
export const BODY_BYTES_MAX = 2 ** 20

/**
 * The whole body of `request`. Rejects with BodyTooLargeError as soon as it is known to be too long (what follows is thrown away
 * unread), with BodiesTooManyError where the budget has not as much, with ClientGoneError if it ends early. How long it may take is the server's `requestTimeoutMs`.
 */
export async function readBody(request: IncomingMessage, options: SharedBodyOptions = {}): Promise<Buffer> {
  const { bodyBytesMax = BODY_BYTES_MAX, budget } = options
  if (Number(request.headers['content-length']) > bodyBytesMax) throw new BodyTooLargeError(bodyBytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  let taken = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  /** Whether there is room for what has come so far. */
  const affords = () => {
    if (!budget || bytes <= FREE_BYTES) return true
    if (!budget.take(bytes - taken)) return false
    taken = bytes
    return true
  }
  const refuse = (error: Error) => {
    request.off('data', onData)
    chunks.length = 0
    reject(error)
  }
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > bodyBytesMax) refuse(new BodyTooLargeError(bodyBytesMax))
    else if (affords()) chunks.push(chunk)
    else refuse(new BodiesTooManyError())
  }
  const onClose = () => {
    if (!request.readableEnded) reject(new ClientGoneError())
  }
  request.on('data', onData).once('end', resolve).once('error', onClose).once('close', onClose)
  if (request.destroyed && !request.readableEnded) onClose()
  try {
    await promise
  } finally {
    budget?.give(taken)
    request.off('data', onData).off('end', resolve).off('close', onClose).resume()
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}
