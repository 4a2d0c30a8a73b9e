/** FIN, and the opcode of text. */
const FINAL_TEXT = 0x81

/**
 * A WebSocket frame of text from server to client, header and all: what many clients are sent can so be made once and written to their
 * sockets as it is. @see RFC 6455, section 5.2
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const frame = withHeader(length)
  frame.write(text, frame.length - length)
  return frame
}

function withHeader(length: number): Buffer {
  if (length < 126) return headed([FINAL_TEXT, length], length)
  if (length < 2 ** 16) return headed([FINAL_TEXT, 126, length >>> 8, length & 0xff], length)
  const frame = headed([FINAL_TEXT, 127, 0, 0, 0, 0, 0, 0, 0, 0], length)
  frame.writeBigUInt64BE(BigInt(length), 2)
  return frame
}

function headed(header: readonly number[], length: number): Buffer {
  const frame = Buffer.allocUnsafeSlow(header.length + length)
  frame.set(header)
  return frame
}
