import type { EventArea, RopewalkEvent } from '../../../core/event.ts'

/** An event as readers of the log are told it. */
export interface LogEntry {
  readonly area: EventArea
  readonly event: RopewalkEvent
  /** Milliseconds since 1970. */
  readonly time: number
}

const SEVERITIES: Readonly<Record<string, number>> = { trace: 0, debug: 0, info: 1, warn: 2, err: 3, error: 3 }

/** How severe a level of the log is, in whatever case it is written; undefined for what Consul knows no such level. */
export function severityOf(level: string): number | undefined {
  const name = level.toLowerCase()
  return Object.hasOwn(SEVERITIES, name) ? SEVERITIES[name] : undefined
}

/** The entry as a line for people, as an agent of Consul writes it: time, level, where, message, and its facts as `name=value`. */
export function textLine({ area, event: { level, event: _name, message, ...facts }, time }: LogEntry): string {
  const told = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [fact(name, value)]))
  const head = `${new Date(time).toISOString()} ${`[${level.toUpperCase()}]`.padEnd(7)} ${area}: ${oneLine(message)}`
  return `${[told.length > 0 ? `${head}:` : head, ...told].join(' ')}\n`
}

/** The entry as a line of JSON, with the names that an agent of Consul has for its parts. */
export function jsonLine({ area, event: { level, message, ...facts }, time }: LogEntry): string {
  const parts = { '@level': level, '@message': message, '@module': area, '@timestamp': new Date(time).toISOString() }
  return `${JSON.stringify({ ...parts, ...facts }, (_name, value: unknown) => plain(value))}\n`
}

function fact(name: string, value: unknown): string {
  const shown = plain(value)
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown, (_name, inner: unknown) => plain(inner))
  return `${name}=${/^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text)}`
}

/** What JSON can say of a value: of an error its message and those of what led to it, without stacks. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  return value.cause instanceof Error ? `${value.message}: ${String(plain(value.cause))}` : value.message
}

function oneLine(message: string): string {
  return message.replaceAll(/\p{Cc}+/gu, ' ')
}
