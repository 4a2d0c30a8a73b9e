import { ProtocolError } from './errors.ts'

/** A JSON object whose fields have not been looked at. */
export type Fields = Readonly<Record<string, unknown>>

/** The longest text of a field that is not an instance: names and ids are at most 255 bytes, error messages a few hundred. */
const TEXT_LENGTH_MAX = 4096

/** `value` as an object; throws `ProtocolError` for everything else. */
export function object(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, value, 'an object')
  return value as Fields
}

/** The field as a list of at most `countMax`. */
export function list(fields: Fields, name: string, countMax: number): readonly unknown[] {
  const value = fields[name]
  if (!Array.isArray(value) || value.length > countMax) throw wrong(name, value, `a list of at most ${countMax}`)
  return value
}

/** The field as text. */
export function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) throw wrong(name, value, 'a text')
  return value
}

/** The field as a whole number from 0. */
export function whole(fields: Fields, name: string): number {
  const value = fields[name]
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(name, value, 'a whole number from 0')
  return value as number
}

/** The field as a finite number from 0. */
export function amount(fields: Fields, name: string): number {
  const value = fields[name]
  if (!Number.isFinite(value) || (value as number) < 0) throw wrong(name, value, 'a number from 0')
  return value as number
}

/** The field as true or false. */
export function truth(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw wrong(name, value, 'true or false')
  return value
}

/** What `read` makes of the field, or nothing when it is absent: to be spread into a message. */
export function optional<Name extends string, T>(
  fields: Fields,
  name: Name,
  read: (fields: Fields, name: Name) => T,
): { [key in Name]?: T } {
  return fields[name] === undefined ? {} : ({ [name]: read(fields, name) } as { [key in Name]?: T })
}

/** The list of texts at `name`, of at most `countMax`. */
export function texts(fields: Fields, name: string, countMax: number): readonly string[] {
  const values = list(fields, name, countMax)
  for (const value of values) if (typeof value !== 'string') throw wrong(name, value, 'a list of texts')
  return values as readonly string[]
}

function wrong(name: string, value: unknown, expected: string): ProtocolError {
  return new ProtocolError(`${name} is ${JSON.stringify(value)?.slice(0, 80)} instead of ${expected}`)
}
