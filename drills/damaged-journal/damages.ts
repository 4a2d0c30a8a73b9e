import type { DrillRun } from '../harness/drill-run.ts'

const NEW_LINE = 0x0a
const SUM_BYTES = 9

/** A file that is not as it was written. */
export interface Damage {
  readonly name: string
  readonly bytes: Buffer
  /** It ends too soon; something before its last two lines is wrong; or only its end is. */
  readonly kind: 'cut' | 'inside' | 'end'
}

/** At most about `count` damages of a file of lines: all kinds of cuts, flipped bytes at places by chance, and garbage. */
export function damagesOf(bytes: Buffer, run: DrillRun, count: number): Damage[] {
  const ends = [...bytes.keys()].filter(at => bytes[at] === NEW_LINE)
  const lastButOne = (ends.at(-3) ?? 0) + 1
  const flips = Array.from({ length: Math.ceil(count / 2) }, () => flipped(bytes, run.chance(bytes.length), lastButOne))
  return [...cuts(bytes, ends, run).slice(0, Math.ceil(count / 2)), ...flips, ...tails(bytes), ...garbage(run)]
}

/** Behind a line, within the end of it, within its checksum, and within its text. */
function cuts(bytes: Buffer, ends: readonly number[], run: DrillRun): Damage[] {
  const places = ends.toReversed().flatMap((end, index) => {
    const start = (ends[ends.length - 2 - index] ?? -1) + 1
    const within = start + SUM_BYTES + run.chance(Math.max(1, end - start - SUM_BYTES))
    return [end + 1, end, start + 1, start + SUM_BYTES, within]
  })
  return [0, ...places].map(at => ({ name: `cut at ${at}`, bytes: bytes.subarray(0, at), kind: 'cut' }))
}

function flipped(bytes: Buffer, at: number, lastButOne: number): Damage {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8))
  return { name: `bit flipped at ${at} of ${bytes.length}`, bytes: copy, kind: at < lastButOne ? 'inside' : 'end' }
}

/** What power failures leave behind the last line. */
function tails(bytes: Buffer): Damage[] {
  const zeros = Buffer.alloc(4_096)
  return [
    { name: 'zeros at the end', bytes: Buffer.concat([bytes, zeros]), kind: 'end' },
    { name: 'zeros in place of the end', bytes: Buffer.concat([bytes.subarray(0, -40), zeros]), kind: 'end' },
    { name: 'half a line at the end', bytes: Buffer.concat([bytes, Buffer.from('0123abcd {"form')]), kind: 'end' },
  ]
}

function garbage(run: DrillRun): Damage[] {
  const random = Buffer.from(Array.from({ length: 10_000 }, () => run.chance(256)))
  return [
    { name: 'random bytes', bytes: random, kind: 'inside' },
    { name: 'zeros alone', bytes: Buffer.alloc(10_000), kind: 'inside' },
    { name: 'a text of somebody else', bytes: Buffer.from('{"hello": "world"}\n'.repeat(50)), kind: 'inside' },
    { name: 'empty lines', bytes: Buffer.from('\n'.repeat(50)), kind: 'inside' },
  ]
}
