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

/** How much a line of a file that is written anew has at most: values, and characters but for the value that it ends with. */
const PIECE_VALUES = 1_000
const PIECE_CHARACTERS = 1024 * 1024

/**
 * Values one after the other as texts of JSON, arrays of some of them each: a few milliseconds of work, and no more memory than that, however many and
 * however large they are together. One empty array where there are none.
 */
export function* jsonPieces(values: readonly unknown[]): Generator<string, void, void> {
  let texts: string[] = []
  let characters = 0
  for (const value of values) {
    const text = JSON.stringify(value)
    texts.push(text)
    characters += text.length
    if (texts.length < PIECE_VALUES && characters < PIECE_CHARACTERS) continue
    yield `[${texts.join(',')}]`
    texts = []
    characters = 0
  }
  if (texts.length > 0 || values.length === 0) yield `[${texts.join(',')}]`
}

/** `value` as a line of text: a checksum, the value as JSON, and the end of the line. */
export function encodeLine(value: unknown): Buffer {
  return encodeText(JSON.stringify(value))
}

/** The same of what is a text of JSON already. */
export function encodeText(text: string): Buffer {
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
  /** What was read of a line that goes on. */
  let parts: Buffer[] = []
  let end = 0
  for (let chunk = nextChunk(file); chunk.length > 0; chunk = nextChunk(file)) {
    let at = 0
    for (let next = chunk.indexOf(NEW_LINE); next !== -1; next = chunk.indexOf(NEW_LINE, at)) {
      const line = Buffer.concat([...parts, chunk.subarray(at, next)])
      parts = []
      at = next + 1
      end += line.length + 1
      yield { value: decoded(line), end }
    }
    if (at < chunk.length) parts.push(chunk.subarray(at))
  }
  if (parts.length > 0) yield { value: undefined, end: end + Buffer.concat(parts).length }
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
