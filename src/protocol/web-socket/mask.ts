import { randomFillSync } from 'node:crypto'

/** From so many bytes on it is faster to mix four at a time. */
const WORDS_BYTES_MIN = 64

/** The mask as it falls on a word of memory, whichever order the machine reads its bytes in. */
const KEY = new Int32Array(1)
const KEY_BYTES = new Uint8Array(KEY.buffer)

const POOL = Buffer.alloc(8192)
let used = POOL.length

/**
 * Writes four bytes that nobody can foresee at `at`, and mixes them into what stands behind them, up to `end`. So no web page can make a
 * browser send bytes of the page's choice to a proxy; other clients have to do the same. @see RFC 6455, sections 5.3 and 10.3
 */
export function mask(frame: Buffer, at: number, end: number): void {
  if (used === POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  for (let place = at; place < at + 4; place++) frame[place] = POOL[used++] as number
  unmask(frame, at, end)
}

/** Mixes the four bytes at `at` into what stands behind them, up to `end`, which takes the mask off again. */
export function unmask(frame: Buffer, at: number, end: number): void {
  const from = at + 4
  if (end - from < WORDS_BYTES_MIN) return mixBytes(frame, { at, from, to: end })
  const aligned = from + (-(frame.byteOffset + from) & 3)
  const words = new Int32Array(frame.buffer, frame.byteOffset + aligned, (end - aligned) >> 2)
  for (let place = 0; place < 4; place++) KEY_BYTES[place] = frame[at + ((aligned + place - from) & 3)] as number
  const key = KEY[0] as number
  for (let word = 0; word < words.length; word++) words[word] = (words[word] as number) ^ key
  mixBytes(frame, { at, from, to: aligned })
  mixBytes(frame, { at, from: aligned + 4 * words.length, to: end })
}

/** The same of some of the bytes, one by one. */
function mixBytes(frame: Buffer, { at, from, to }: { at: number; from: number; to: number }): void {
  for (let place = from; place < to; place++) {
    frame[place] = (frame[place] as number) ^ (frame[at + ((place - at) & 3)] as number)
  }
}
