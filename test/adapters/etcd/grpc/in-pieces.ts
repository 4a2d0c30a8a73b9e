/** `whole` in pieces that end at these places, each of them in the same buffer, as a socket hands them out. */
export function* inPieces(whole: Buffer, ends: readonly number[]): Generator<Buffer> {
  const buffer = Buffer.alloc(whole.length)
  const places = [...ends.filter(end => end < whole.length), whole.length].toSorted((one, other) => one - other)
  for (const [at, end] of places.entries()) {
    const bytes = whole.copy(buffer, 0, places[at - 1] ?? 0, end)
    yield buffer.subarray(0, bytes)
    buffer.fill(0xee)
  }
}
