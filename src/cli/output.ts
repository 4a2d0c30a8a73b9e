import { inspect, styleText } from 'node:util'
import { RopewalkError } from '../core/error.ts'

/** Writes one line to stdout. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Writes a result to stdout: `value` as one JSON document, or the text made of it for people. */
export function printResult<T>(json: boolean, value: T, format: (value: T) => string): void {
  printLine(json ? JSON.stringify(value, null, 2) : format(value))
}

/** Writes one of a stream of results: `value` as one line of JSON, or the text made of it for people, where that is not empty. */
export function printNext<T>(json: boolean, value: T, format: (value: T) => string): void {
  const text = json ? JSON.stringify(value) : format(value)
  if (text !== '') printLine(text)
}

/** Writes something for people only to stderr. */
export function notice(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Tells on stderr what went wrong: message, code and causes; with the stack if it is an error nobody expected. */
export function printError(error: unknown): void {
  const head = styleText('red', 'ropewalk:', { stream: process.stderr })
  notice(`${head} ${error instanceof RopewalkError ? describeError(error) : inspect(error)}`)
}

/** Message and code of `error`, then those of its causes on lines of their own. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` (${String(error.code)})` : ''
  const parts = [error.cause, ...(error instanceof AggregateError ? error.errors : [])]
  const causes = parts.filter(part => part !== undefined).map(part => `\n  because: ${describeError(part)}`)
  return `${error.message}${code}${causes.join('')}`
}
