import { renameSync } from 'node:fs'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import { JournalError } from '../errors.ts'
import { readLines } from './journal-lines.ts'

/** How the lines of a log are read. */
export interface LogReading<T> {
  /** What every line must say of itself. */
  readonly format: number
  /** What a log without lines says. */
  readonly begin: () => T
  /** Adds what a line says. */
  readonly add: (contents: T, line: unknown) => void
}

/** What the lines of a log say together. */
export interface ReadLog<T> {
  readonly contents: T
  /** Where the last whole line ends. */
  readonly length: number
}

/**
 * Reads a log, and no more than its first `length` bytes. A last line that is not whole is left out: a crash left it. Throws `JournalError` if it is
 * of another format, and an error of its own if it is damaged.
 */
export function readLog<T>(path: string, reading: LogReading<T>, length = Infinity): ReadLog<T> {
  const contents = reading.begin()
  let read = 0
  let torn = false
  for (const { value, end } of readLines(path)) {
    if (end > length) break
    if (torn) throw new DamageError('A line inside the file is not as it was written')
    torn = value === undefined
    if (torn) continue
    requireFormat(path, { found: (value as { format: number }).format, format: reading.format })
    reading.add(contents, value)
    read = end
  }
  if (torn && read === 0) throw new DamageError('The file has no valid line')
  return { contents, length: read }
}

/** The same of a whole log; one that is damaged is moved aside, told by the event `journal.damaged`, and read as if there were none. */
export function readOrSetAside<T>(path: string, reading: LogReading<T>, clock: Clock): ReadLog<T> {
  try {
    return readLog(path, reading)
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    const aside = `${path}.damaged-${clock.wallTime()}`
    renameSync(path, aside)
    const message = `${path} is damaged: it was moved to ${aside}, and the registry begins without data`
    publish('daemon', { level: 'error', event: 'journal.damaged', message, path, aside, error })
    return { contents: reading.begin(), length: 0 }
  }
}

/** What the file says makes no sense. */
class DamageError extends Error {}

function requireFormat(path: string, { found, format }: { found: number; format: number }): void {
  if (found === format) return
  throw new JournalError(
    path,
    `are of format ${found}, and this version reads format ${format}: use the version that wrote them`,
  )
}
