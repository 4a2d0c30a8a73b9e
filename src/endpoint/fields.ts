import { isIPv6 } from 'node:net'
import { EndpointSyntaxError } from './errors.ts'

/** One part of an endpoint string, `8080` or `interface=127.0.0.1`: where it begins in the text, and where its value does. */
export interface Field {
  readonly key: string | undefined
  readonly value: string
  readonly begin: number
  readonly position: number
}

/**
 * The parts of one endpoint string, to be taken one by one; what nobody took is an error at the end. Two ways to write them:
 *
 *     scheme:VALUE:VALUE:KEY=VALUE      with \ before any of : = \ [ that is meant as such; [::1] needs none
 *     scheme://HOST:PORT                the address only; scheme:///PATH is the one VALUE /PATH
 */
export class Fields {
  readonly text: string
  readonly #left: Field[]

  /** Reads `text` from `position`, which is behind the scheme's colon. Throws EndpointSyntaxError. */
  constructor(text: string, position: number) {
    this.text = text
    this.#left = text.startsWith('//', position) ? readUrl(text, position + 2) : split(text, position)
    const keys = this.#left.map(field => field.key)
    const twice = this.#left.find((field, index) => field.key !== undefined && keys.indexOf(field.key) < index)
    if (twice) this.#fail(twice.begin, 'each option only once')
  }

  /** How many values without a key are left. */
  get values(): number {
    return this.#left.filter(field => field.key === undefined).length
  }

  /** Takes the next value without a key. */
  value(): Field | undefined {
    return this.#take(field => field.key === undefined)
  }

  /** Takes the option with one of `keys`. */
  option(...keys: string[]): Field | undefined {
    return this.#take(field => field.key !== undefined && keys.includes(field.key))
  }

  /** Takes an option that must not be empty. */
  string(key: string): string | undefined {
    const field = this.option(key)
    return field && this.check(field, field.value !== '', 'a value').value
  }

  /** Takes an option that is a number from `min` to `max`. */
  number(key: string, min: number, max: number): number | undefined {
    const field = this.option(key)
    return field && this.toNumber(field, min, max)
  }

  /** The field's value as a whole number from `min` to `max`, or EndpointSyntaxError. */
  toNumber(field: Field, min: number, max: number): number {
    const number = /^\d{1,10}$/.test(field.value) ? Number(field.value) : NaN
    this.check(field, number >= min && number <= max, `a number from ${min} to ${max}`)
    return number
  }

  /** `field`, or EndpointSyntaxError at its value if `valid` does not hold. */
  check(field: Field, valid: boolean, expected: string): Field {
    return valid ? field : this.#fail(field.position, expected)
  }

  /** `field`, or EndpointSyntaxError at the end of the text if it is absent. */
  need(field: Field | undefined, expected: string): Field {
    return field ?? this.#fail(this.text.length, expected)
  }

  /** To be called when all has been taken that is understood. `expected` names the options there are. */
  finish(expected: string): void {
    const [field] = this.#left
    if (field) this.#fail(field.begin, expected)
  }

  #take(wanted: (field: Field) => boolean): Field | undefined {
    const index = this.#left.findIndex(wanted)
    return index < 0 ? undefined : this.#left.splice(index, 1)[0]
  }

  #fail(position: number, expected: string): never {
    throw new EndpointSyntaxError(this.text, position, expected)
  }
}

/** `value` with a backslash before all that would otherwise mean something. The inverse of reading it. */
export function escapeField(value: string): string {
  return value.replaceAll(/[\\:=[]/g, '\\$&')
}

/** A host as it stands in an endpoint string or URL: IPv6 in brackets. */
export function bracketHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

function split(text: string, begin: number): Field[] {
  const fields: Field[] = []
  let position = begin
  for (;;) {
    const { field, end } = readField(text, position)
    fields.push(field)
    if (end >= text.length) return fields
    position = end + 1
  }
}

function readField(text: string, begin: number): { field: Field; end: number } {
  let key: string | undefined
  let value = ''
  let position = begin
  let index = begin
  for (; index < text.length && text[index] !== ':'; index++) {
    const character = text[index] as string
    if (character === '=' && key === undefined) {
      if (value === '') throw new EndpointSyntaxError(text, index, 'the name of an option before =')
      key = value
      value = ''
      position = index + 1
    } else if (character === '\\') {
      index++
      if (index === text.length) throw new EndpointSyntaxError(text, index, 'a character after the backslash')
      value += text[index]
    } else if (character === '[' && value === '') {
      value = readBrackets(text, index)
      index += value.length - 1
    } else {
      value += character
    }
  }
  return { field: { key, value, begin, position }, end: index }
}

function readBrackets(text: string, begin: number): string {
  const end = text.indexOf(']', begin)
  if (end < 0) throw new EndpointSyntaxError(text, text.length, 'a closing ]')
  return text.slice(begin, end + 1)
}

const AUTHORITY = /^(\[[^\]]*\]|[^:/?#@]*)(?::(\d*))?\/?/

function readUrl(text: string, begin: number): Field[] {
  if (text[begin] === '/') return [{ key: undefined, value: text.slice(begin), begin, position: begin }]
  if (text[begin] === '[') readBrackets(text, begin)
  const [all, host = '', port] = AUTHORITY.exec(text.slice(begin)) as RegExpExecArray
  if (begin + all.length < text.length) {
    throw new EndpointSyntaxError(
      text,
      begin + all.length,
      'nothing after host and port (options need the form without //)',
    )
  }
  const fields = [{ key: 'host', value: host.replace('%25', '%'), begin, position: begin }]
  const portAt = begin + host.length + 1
  if (port !== undefined) fields.push({ key: 'port', value: port, begin: portAt, position: portAt })
  return fields
}
