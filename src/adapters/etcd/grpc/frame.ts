/** What a frame of HTTP/2 is (RFC 9113, section 6); others are passed over. */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
} as const

/** What may be said of it. */
export const FLAG = { endStream: 1, acknowledges: 1, endHeaders: 4, padded: 8, priority: 32 } as const

/** What goes before each frame. */
export const FRAME_HEAD_BYTES = 9

/** Nothing longer is sent, either way, unless it was agreed upon; we do not. */
export const FRAME_BYTES_MAX = 16_384

/** A frame: what it is, its flags, the stream it belongs to (0: the connection), and what it brings. */
export function frame(type: number, { flags = 0, stream = 0 }, payload: Uint8Array = new Uint8Array()): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD_BYTES + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes.writeUInt8(type, 3)
  bytes.writeUInt8(flags, 4)
  bytes.writeUInt32BE(stream, 5)
  bytes.set(payload, FRAME_HEAD_BYTES)
  return bytes
}

/** Whole numbers of 32 bits, as frames bring them. */
export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at)
  return bytes
}

/** Settings by their numbers. */
export function settings(values: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(values).map(([setting, value]) => {
    const bytes = Buffer.alloc(6)
    bytes.writeUInt16BE(Number(setting))
    bytes.writeUInt32BE(value, 2)
    return bytes
  })
  return frame(FRAME.settings, {}, Buffer.concat(entries))
}
