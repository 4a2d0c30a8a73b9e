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
  /** How much comes after that, which is no whole line. */
  readonly tornBytes: number
}

/** A log as it was opened. */
export interface OpenedLog<T> extends ReadLog<T> {
  /** Whether it was damaged and is moved aside, so that this is the beginning of another one. */
  readonly isLost: boolean
}

/**
 * Reads a log, and no more than its first `length` bytes. A last line that is not whole is left out: a crash left it. Throws `JournalError` if it is
 * of another format, and an error of its own if it is damaged.
 */
export function readLog<T>(path: string, reading: LogReading<T>, length = Infinity): ReadLog<T> {
  const contents = reading.begin()
  let read = 0
  let tornBytes = 0
  for (const { value, end } of readLines(path)) {
    if (end > length) break
    if (tornBytes > 0) throw new DamageError('A line inside the file is not as it was written')
    if (value === undefined) {
      tornBytes = end - read
      continue
    }
    requireFormat(path, { found: (value as { format: number }).format, format: reading.format })
    reading.add(contents, value)
    read = end
  }
  if (tornBytes > 0 && read === 0) throw new DamageError('The file has no valid line')
  return { contents, length: read, tornBytes }
}

/**
 * The same of a whole log; one that is damaged is moved aside, told by the event `journal.damaged`, and read as if there were none. What is left
 * out at the end of another is told by the event `journal.torn`.
 */
export function readOrSetAside<T>(path: string, reading: LogReading<T>, clock: Clock): OpenedLog<T> {
  try {
    const log = readLog(path, reading)
    if (log.tornBytes > 0) tellTorn(path, log.tornBytes)
    return { ...log, isLost: false }
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    const aside = `${path}.damaged-${clock.wallTime()}`
    renameSync(path, aside)
    const message = `${path} is damaged: it was moved to ${aside}, and the registry begins without data`
    publish('daemon', { level: 'error', event: 'journal.damaged', message, path, aside, error })
    return { contents: reading.begin(), length: 0, tornBytes: 0, isLost: true }
  }
}

function tellTorn(path: string, tornBytes: number): void {
  const message = `${path} ends with ${tornBytes} bytes that are no whole line, as a crash leaves them: they are left out`
  publish('daemon', { level: 'warn', event: 'journal.torn', message, path, tornBytes })
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
