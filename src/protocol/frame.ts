import { ProtocolError } from './errors.ts'
import { type Fields, object } from './fields.ts'
import { PROTOCOL_LIMITS } from './protocol.ts'

/** Of UTF-8, for a character of UTF-16. */
const BYTES_PER_CHARACTER_MAX = 3

/**
 * A frame is one WebSocket text message: a JSON array of messages, so that everything a side has to say in one turn of its event loop
 * costs one frame. Takes messages already encoded and puts them into as few frames as the limit of bytes allows. One message longer than
 * the limit makes a frame of its own, which the other side will refuse.
 */
export function encodeFrames(messages: readonly string[], bytesMax: number): string[] {
  return isSmall(messages, bytesMax) ? [joined(messages)] : cutFrames(messages, bytesMax)
}

/** Whether it needs no counting to see that one frame will do. */
function isSmall(messages: readonly string[], bytesMax: number): boolean {
  if (messages.length === 0 || messages.length > PROTOCOL_LIMITS.frameMessages) return false
  let characters = 2
  for (const message of messages) characters += message.length + 1
  return characters * BYTES_PER_CHARACTER_MAX <= bytesMax
}

function cutFrames(messages: readonly string[], bytesMax: number): string[] {
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
  for (const message of messages) object(message, 'message')
  return messages as Fields[]
}

function joined(messages: readonly string[]): string {
  return messages.length === 1 ? `[${messages[0]}]` : `[${messages.join(',')}]`
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch (cause) {
    throw new ProtocolError('a frame that is not JSON', { cause })
  }
}
