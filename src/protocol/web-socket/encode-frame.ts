import { mask } from './mask.ts'
import { FINAL, MASKED, OPCODE } from './opcode.ts'

/** Which end of the connection a frame comes from: what a client sends is masked. */
export type Role = 'client' | 'server'

const ASCII_MAX = 0x7f

/** The heads of all frames whose length is in their second byte. */
const SHORT_HEADS = Array.from({ length: 126 }, (_, length) => String.fromCharCode(FINAL | OPCODE.text, length))

/** A whole message of text in one frame, header and all. @see RFC 6455, section 5.2 */
export function textFrame(text: string, role: Role): Buffer {
  const isShort = isShortAscii(text)
  const length = isShort ? text.length : Buffer.byteLength(text)
  const frame = headed(OPCODE.text, { length, role })
  const at = frame.length - length
  if (isShort) for (let place = 0; place < length; place++) frame[at + place] = text.charCodeAt(place)
  // Where each character is a byte this is the faster way, and the same bytes.
  else if (length === text.length) frame.write(text, at, 'latin1')
  else frame.write(text, at, 'utf8')
  if (role === 'client') mask(frame, at - 4, frame.length)
  return frame
}

/**
 * The frame of a short text from a server, as a text itself: one character for each byte, to be written as latin1, which spares the making of bytes. Undefined of
 * texts that are longer than 125 bytes or not ASCII.
 */
export function shortFrame(text: string): string | undefined {
  return isShortAscii(text) ? `${SHORT_HEADS[text.length]}${text}` : undefined
}

/** A close, ping or pong frame. The payload has at most 125 bytes. */
export function controlFrame(opcode: number, payload: Buffer, role: Role): Buffer {
  const frame = headed(opcode, { length: payload.length, role })
  payload.copy(frame, frame.length - payload.length)
  if (role === 'client') mask(frame, frame.length - payload.length - 4, frame.length)
  return frame
}

/** So much is cheaper to look through here than to hand to anybody who is quicker at it. */
function isShortAscii(text: string): boolean {
  if (text.length >= SHORT_HEADS.length) return false
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) > ASCII_MAX) return false
  return true
}

function headed(opcode: number, { length, role }: { length: number; role: Role }): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 2 ** 16 ? 2 : 8
  const maskBytes = role === 'client' ? 4 : 0
  const frame = Buffer.allocUnsafe(2 + lengthBytes + maskBytes + length)
  const bit = role === 'client' ? MASKED : 0
  frame[0] = FINAL | opcode
  frame[1] = bit | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2)
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  return frame
}
