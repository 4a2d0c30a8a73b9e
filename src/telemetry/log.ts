import { isatty } from 'node:tty'
import { pino } from 'pino'
import { systemClock, type Clock } from '../core/clock.ts'
import { EVENT_AREAS, observe } from '../core/event.ts'
import { InvalidLogSettingError } from './errors.ts'
import type { LogRecord } from './log-record.ts'
import { prettyRecord } from './pretty-record.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
const LOG_FORMATS = ['json', 'pretty'] as const

/** The least severe events that are logged; `silent` logs none. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How to log. All fields have defaults. */
export interface LogOptions {
  /** Default: the environment's `ROPEWALK_LOG`, else `info`. */
  level?: LogLevel | undefined
  /** Lines for people instead of JSON. Default: the environment's `ROPEWALK_LOG_FORMAT`, else whether the log goes to a terminal. */
  pretty?: boolean | undefined
  /** The file descriptor to write to. Default 2, which is stderr. */
  fd?: number | undefined
  clock?: Clock | undefined
}

/**
 * Writes the events of every area to stderr, from now until the returned function is called: one JSON object per line, or lines for
 * people on a terminal. An error keeps its code, its stack and its causes. A line is written before the code that published the
 * event goes on, so nothing is lost when the process ends at once; a reader that has gone away (`EPIPE`) ends the log, not the process, and so does a disk that is full while it is.
 * Throws `InvalidLogSettingError` when the level is none of `debug`, `info`, `warn`, `error`, `silent`, or the format neither `json` nor `pretty`.
 */
export function logToStderr(options: LogOptions = {}): () => void {
  const { fd = 2, pretty = prettyByDefault(fd), clock = systemClock } = options
  const level = oneOf(LOG_LEVELS, 'ROPEWALK_LOG', options.level ?? environment('ROPEWALK_LOG') ?? 'info')
  const severityMin = LOG_LEVELS.indexOf(level)
  const write = pretty ? prettyWriter(fd) : jsonWriter(fd)
  const stops = EVENT_AREAS.map(area =>
    observe(area, event => {
      if (LOG_LEVELS.indexOf(event.level) >= severityMin) write({ ...event, area, time: clock.wallTime() })
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

type LogWriter = (record: LogRecord) => void

function prettyByDefault(fd: number): boolean {
  const format = environment('ROPEWALK_LOG_FORMAT')
  return format === undefined ? isatty(fd) : oneOf(LOG_FORMATS, 'ROPEWALK_LOG_FORMAT', format) === 'pretty'
}

function environment(name: string): string | undefined {
  return process.env[name] || undefined
}

function oneOf<T extends string>(accepted: readonly T[], setting: string, value: string): T {
  const found = accepted.find(one => one === value.toLowerCase())
  if (found === undefined) throw new InvalidLogSettingError(setting, value, accepted)
  return found
}

function jsonWriter(fd: number): LogWriter {
  const logger = pino(
    {
      level: 'debug',
      base: { pid: process.pid },
      timestamp: false,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destinationOf(fd),
  )
  return ({ level, message, time, ...facts }) => {
    logger[level]({ time: new Date(time).toISOString(), ...facts }, message)
  }
}

/** How much waits, in bytes, while it cannot be written, because the disk is full; what comes then is lost. */
const WAITING_BYTES_MAX = 2 ** 20

/** What cannot be written ends neither the process nor is told, which would be written too. What waits is tried again with the next line. */
function destinationOf(fd: number): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ dest: fd, sync: true, maxLength: WAITING_BYTES_MAX })
  destination.on('error', () => {})
  return destination
}

function prettyWriter(fd: number): LogWriter {
  const destination = destinationOf(fd)
  return record => void destination.write(`${prettyRecord(record)}\n`)
}
