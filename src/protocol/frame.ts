import { ProtocolError } from './errors.ts'
import { type Fields, object } from './fields.ts'
import { PROTOCOL_LIMITS } from './protocol.ts'

/**
 * A frame is one WebSocket text message: a JSON array of messages, so that everything a side has to say in one turn of its event loop
 * costs one frame. Takes messages already encoded and puts them into as few frames as the limit of bytes allows. One message longer than
 * the limit makes a frame of its own, which the other side will refuse.
 */
export function encodeFrames(messages: readonly string[], bytesMax: number): string[] {
  const frames: string[] = []
  let start = 0
  let bytes = 2
  for (const [at, message] of messages.entries()) {
    const size = Buffer.byteLength(message) + 1
    const full = bytes + size > bytesMax || at - start >= PROTOCOL_LIMITS.frameMessages
    if (full && at > start) {
      frames.push(joined(messages.slice(start, at)))
      start = at
      bytes = 2
    }
    bytes += size
  }
  if (messages.length > start) frames.push(joined(messages.slice(start)))
  return frames
}

/** The messages in a frame, as objects not looked at further. Throws `ProtocolError` when it is not a frame. */
export function decodeFrame(frame: string): Fields[] {
  const messages = parsed(frame)
  if (!Array.isArray(messages)) throw new ProtocolError('a frame that is not a list of messages')
  if (messages.length > PROTOCOL_LIMITS.frameMessages) {
    throw new ProtocolError(
      `a frame of ${messages.length} messages, above the limit of ${PROTOCOL_LIMITS.frameMessages}`,
    )
  }
  return messages.map(message => object(message, 'message'))
}

function joined(messages: readonly string[]): string {
  return `[${messages.join(',')}]`
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch (cause) {
    throw new ProtocolError('a frame that is not JSON', { cause })
  }
}
