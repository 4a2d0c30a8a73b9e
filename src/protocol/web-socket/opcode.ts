/** What a frame is. @see RFC 6455, section 5.2 */
export const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const

/** The bit of a frame's first byte that says that it is the last of its message. */
export const FINAL = 0x80

/** The bit of a frame's second byte that says that its payload is masked, as everything from a client must be. */
export const MASKED = 0x80

/** A control frame carries at most so many bytes. */
export const CONTROL_BYTES_MAX = 125
