/** A field of protobuf with a whole number that is not negative. */
export function numberField(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)]
}

/** A field of protobuf with bytes, such as those of another message. */
export function bytesField(field: number, bytes: Iterable<number>): number[] {
  const value = [...bytes]
  return [...varint(field * 8 + 2), ...varint(value.length), ...value]
}

function varint(value: number): number[] {
  const bytes = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return [...bytes, value]
}
