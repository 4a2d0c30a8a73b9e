import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

const NEW_LINE = 0x0a

/** The checksum in front of a line, eight digits and a space. */
const SUM_BYTES = 9

const CHUNK_BYTES = 1024 * 1024

/** A line as it was found. */
export interface JournalLine {
  /** What was written; undefined where the line is not as it was written. */
  readonly value: unknown
  /** How many bytes of the file end with this line. */
  readonly end: number
}

/** `value` as a line of text: a checksum, the value as JSON, and the end of the line. */
export function encodeLine(value: unknown): Buffer {
  const text = JSON.stringify(value)
  const bytes = Buffer.byteLength(text)
  const line = Buffer.allocUnsafeSlow(SUM_BYTES + bytes + 1)
  line.write(text, SUM_BYTES)
  line.write(`${sumOf(line.subarray(SUM_BYTES, SUM_BYTES + bytes))} `, 0, 'latin1')
  line[SUM_BYTES + bytes] = NEW_LINE
  return line
}

/** The lines of a file, one after the other; of a last one without an end the value is undefined. Nothing where there is no file. */
export function* readLines(path: string): Generator<JournalLine, void, void> {
  const file = openToRead(path)
  if (file === undefined) return
  try {
    yield* linesOf(file)
  } finally {
    closeSync(file)
  }
}

function* linesOf(file: number): Generator<JournalLine, void, void> {
  let rest: Buffer = Buffer.alloc(0)
  let end = 0
  for (;;) {
    const bytes = Buffer.concat([rest, nextChunk(file)])
    if (bytes.length === rest.length) break
    let at = 0
    for (let next = bytes.indexOf(NEW_LINE); next !== -1; next = bytes.indexOf(NEW_LINE, at)) {
      end += next + 1 - at
      yield { value: decoded(bytes.subarray(at, next)), end }
      at = next + 1
    }
    rest = bytes.subarray(at)
  }
  if (rest.length > 0) yield { value: undefined, end: end + rest.length }
}

function nextChunk(file: number): Buffer {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  return chunk.subarray(0, readSync(file, chunk))
}

function decoded(line: Buffer): unknown {
  const text = line.subarray(SUM_BYTES)
  if (line.length < SUM_BYTES || line.toString('latin1', 0, SUM_BYTES) !== `${sumOf(text)} `) return undefined
  return JSON.parse(text.toString())
}

function sumOf(bytes: Buffer): string {
  return crc32(bytes)
    .toString(16)
    .padStart(SUM_BYTES - 1, '0')
}

function openToRead(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
