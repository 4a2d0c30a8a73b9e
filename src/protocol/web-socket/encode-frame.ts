import { mask } from './mask.ts'
import { FINAL, MASKED, OPCODE } from './opcode.ts'

/** Which end of the connection a frame comes from: what a client sends is masked. */
export type Role = 'client' | 'server'

/** A whole message of text in one frame, header and all. @see RFC 6455, section 5.2 */
export function textFrame(text: string, role: Role): Buffer {
  const length = Buffer.byteLength(text)
  const frame = headed(OPCODE.text, { length, role })
  const at = frame.length - length
  // Where each character is a byte this is the faster way, and the same bytes.
  if (length === text.length) frame.write(text, at, 'latin1')
  else frame.write(text, at, 'utf8')
  if (role === 'client') mask(frame, at - 4, frame.length)
  return frame
}

/** A close, ping or pong frame. The payload has at most 125 bytes. */
export function controlFrame(opcode: number, payload: Buffer, role: Role): Buffer {
  const frame = headed(opcode, { length: payload.length, role })
  payload.copy(frame, frame.length - payload.length)
  if (role === 'client') mask(frame, frame.length - payload.length - 4, frame.length)
  return frame
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
