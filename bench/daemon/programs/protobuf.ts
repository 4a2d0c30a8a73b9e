/** A protobuf field with a number that is not negative. */
export function numberField(field: number, value: number): number[] {
  return [...varint(field << 3), ...varint(value)]
}

/** A protobuf field with bytes, text as UTF-8. */
export function bytesField(field: number, value: string | Uint8Array): number[] {
  const bytes = Buffer.from(value)
  return [...varint((field << 3) | 2), ...varint(bytes.length), ...bytes]
}

/** A message as gRPC sends it: not compressed, its length, itself. */
export function grpcFrame(message: readonly number[]): Buffer {
  const frame = Buffer.alloc(5 + message.length)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

function varint(value: number): number[] {
  const bytes = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return [...bytes, value]
}
