import { inspect, styleText } from 'node:util'
import { RopewalkError } from '../core/error.ts'
import type { LogRecord } from './log-record.ts'

const STYLES = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const

/**
 * A record as a line for people: time of day, level, area, message, then as `name=value` the facts that the message does not tell already,
 * without the name of the event, which is for programs. An error of a record of level `error` follows on lines of its own: with its stack if
 * it, or what led to it, is an error nobody expected (neither one of Ropewalk's nor the system's), else the messages of its causes. Of a milder record only those
 * messages are shown that the record's own does not contain. In colour where stderr has any (`NO_COLOR` and `FORCE_COLOR` are heeded).
 */
export function prettyRecord({ level, area, time, message, error, ...facts }: LogRecord): string {
  const head = [
    dim(timeOfDay(time)),
    styled(STYLES[level], level.toUpperCase().padEnd(5)),
    dim(area.padEnd(9)),
    escaped(message).replaceAll('\n', '\n    '),
    ...Object.entries(facts)
      .filter(([name, value]) => name !== 'event' && value !== undefined && !isTold(message, value))
      .map(fact),
  ].join(' ')
  const chain = chainOf(error)
  if (level === 'error' && !chain.every(isExpected)) return `${head}\n${indented(escaped(inspect(error)))}`
  const news = chain
    .map(messageOf)
    .filter(text => !message.includes(text))
    .map(escaped)
  if (news.length === 0) return head
  if (level === 'error') return `${head}\n${indented(news.map(text => `because: ${text}`).join('\n'))}`
  return `${head} ${fact(['error', news.join(' ← ')])}`
}

/** Whether a reader of `message` has read `value` there, as words of its own. */
function isTold(message: string, value: unknown): boolean {
  return typeof value === 'string' && value !== '' && message.split(/[\s",;()]+|[:.](?=\s|$)/).includes(value)
}

function timeOfDay(time: number): string {
  const date = new Date(time)
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

function fact([name, value]: readonly [string, unknown]): string {
  if (typeof value === 'number') return `${dim(`${name}=`)}${Number(value.toFixed(1))}`
  const isPlain = typeof value === 'string' && /^[^\s"=\p{Cc}]+$/u.test(value)
  const text = isPlain ? value : inspect(value, { breakLength: Infinity })
  return `${dim(`${name}=`)}${text}`
}

/** `error` and what led to it, the last effect first; nothing if there was none. */
function chainOf(error: unknown): unknown[] {
  if (error === undefined) return []
  return error instanceof Error ? [error, ...chainOf(error.cause)] : [error]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error)
}

/** Whether somebody has foreseen the error, and so its message says enough. */
function isExpected(error: unknown): boolean {
  return error instanceof RopewalkError || (error instanceof Error && 'syscall' in error)
}

/** What clients have written may be in it, and a terminal is not to obey it. Lines that it has after its first are indented, so that none passes for a record of its own. */
function escaped(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
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
