import { inspect, styleText } from 'node:util'
import type { LogRecord } from './log-record.ts'

const STYLES = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const

/**
 * A record as a line for people: time of day, level, area, message, then the facts as `name=value`, without the name of the event, which is
 * for programs. An error of a record of level `error` follows on lines of its own with stack and causes; of a milder one only its message
 * and those of its causes are shown. In colour where stderr has any (`NO_COLOR` and `FORCE_COLOR` are heeded).
 */
export function prettyRecord({ level, area, time, message, error, ...facts }: LogRecord): string {
  const head = [
    dim(timeOfDay(time)),
    styled(STYLES[level], level.toUpperCase().padEnd(5)),
    dim(area.padEnd(9)),
    message,
    ...Object.entries(facts)
      .filter(([name]) => name !== 'event')
      .map(fact),
  ].join(' ')
  if (error === undefined) return head
  return level === 'error' ? `${head}\n${indented(inspect(error))}` : `${head} ${fact(['error', chainOf(error)])}`
}

function timeOfDay(time: number): string {
  const date = new Date(time)
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

function fact([name, value]: readonly [string, unknown]): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : inspect(value, { breakLength: Infinity })
  return `${dim(`${name}=`)}${text}`
}

function chainOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  return error.cause === undefined ? error.message : `${error.message} ← ${chainOf(error.cause)}`
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}

function dim(text: string): string {
  return styled('gray', text)
}

function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stderr })
}
