import { ConsulRefusedError } from '../errors.ts'
import { durationProblem, parseGoDuration } from './duration.ts'
import { firstJson, jsonProblem } from './json-problem.ts'

/**
 * What a JSON value is to be: `duration` is a text in Go's notation or a number of nanoseconds, and becomes nanoseconds; `fields` is an
 * object whose keys count without regard to case and come out as they are written here.
 */
export type Shape =
  | 'string'
  | 'int'
  | 'bool'
  | 'duration'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly open?: boolean }

/** The names of Go's types, for its messages. */
const GO_TYPES = { string: 'string', int: 'int', bool: 'bool', duration: 'string', any: 'interface {}' } as const

/**
 * The body of a request as `shape` says, with the refusals that a Go program gives: 400 and `Request decode failed: …` for what is not JSON, for
 * a member of another type, for one that is not known (unless the object is `open`). Absent and null members are left out;
 * where something has to be, null is what Go has where nothing was said.
 */
export function decodeBody(text: string, shape: Shape): unknown {
  try {
    return decodeValue(parse(text), shape, '') ?? zeroOf(shape)
  } catch (error) {
    if (error instanceof Mismatch) throw new ConsulRefusedError(400, `Request decode failed: ${error.message}`)
    throw error
  }
}

class Mismatch extends Error {}

/** The first value in the text: what follows it is not looked at. */
function parse(text: string): unknown {
  try {
    return parseWhole(text)
  } catch {
    const first = firstJson(text)
    if (first === undefined || first.length === text.length) throw new Mismatch(jsonProblem(text))
    return parse(first)
  }
}

function parseWhole(text: string): unknown {
  return /\d{16}/.test(text) ? JSON.parse(text, keepLargeNumbers) : JSON.parse(text)
}

/** Whole numbers that a double cannot hold come as BigInt. */
const keepLargeNumbers = (_key: string, value: unknown, context?: { source: string }): unknown => {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

function decodeValue(value: unknown, shape: Shape, path: string): unknown {
  if (value === null || value === undefined) return undefined
  if (typeof shape === 'string') return decodeScalar(value, shape, path)
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, shape, path)
    return decodeMembers(value, shape.list, path)
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, shape, path)
  const members = value as Record<string, unknown>
  return 'map' in shape ? decodeMembers(members, shape.map, path) : decodeFields(members, shape, path)
}

/** In place: nobody else has what was just parsed, and most of it is right as it is. */
function decodeMembers<T extends Record<string, unknown> | unknown[]>(members: T, shape: Shape, path: string): T {
  const all = members as Record<string, unknown>
  for (const key of Object.keys(all)) {
    const value = all[key]
    const decoded = decodeValue(value, shape, path) ?? zeroOf(shape)
    if (decoded !== value) all[key] = decoded
  }
  return members
}

/** What Go has where nothing was said. */
function zeroOf(shape: Shape): unknown {
  if (typeof shape === 'string') return { string: '', int: 0, bool: false, duration: 0, any: null }[shape]
  return 'list' in shape ? [] : {}
}

function decodeScalar(value: unknown, shape: Extract<Shape, string>, path: string): unknown {
  if (shape === 'any') return value
  if (shape === 'duration') return decodeDuration(value, path)
  const isRight =
    shape === 'int' ? Number.isInteger(value) || typeof value === 'bigint' : typeof value === typeNames[shape]
  if (!isRight) throw mismatch(value, shape, path)
  return value
}

const typeNames = { string: 'string', bool: 'boolean' } as const

function decodeDuration(value: unknown, path: string): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') throw mismatch(value, 'duration', path)
  const ns = value === '' ? 0 : parseGoDuration(value)
  if (ns === undefined) throw new Mismatch(durationProblem(value))
  return ns
}

type FieldsShape = Extract<Shape, { fields: unknown }>

function decodeFields(members: Record<string, unknown>, shape: FieldsShape, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const key of Object.keys(members)) {
    const name = nameIn(shape, key)
    if (name === undefined && !shape.open) throw new Mismatch(`json: unknown field ${JSON.stringify(key)}`)
    if (name === undefined) continue
    const decoded = decodeValue(members[key], shape.fields[name] as Shape, `${path}.${name}`)
    if (decoded !== undefined) result[name] = decoded
  }
  return result
}

const foldedNames = new WeakMap<object, ReadonlyMap<string, string>>()

function nameIn(shape: FieldsShape, key: string): string | undefined {
  if (Object.hasOwn(shape.fields, key)) return key
  let names = foldedNames.get(shape)
  if (!names) {
    names = new Map(Object.keys(shape.fields).map(name => [name.toLowerCase(), name]))
    foldedNames.set(shape, names)
  }
  return names.get(key.toLowerCase())
}

function mismatch(value: unknown, shape: Shape, path: string): Mismatch {
  const where = path === '' ? 'Go value' : `Go struct field ${path.includes('.', 1) ? path.slice(1) : path}`
  const what = shape === 'int' && typeof value === 'number' ? `number ${value}` : jsonTypeOf(value)
  return new Mismatch(`json: cannot unmarshal ${what} into ${where} of type ${goTypeOf(shape)}`)
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function goTypeOf(shape: Shape): string {
  if (typeof shape === 'string') return GO_TYPES[shape]
  if ('list' in shape) return `[]${goTypeOf(shape.list)}`
  return 'map' in shape ? `map[string]${goTypeOf(shape.map)}` : 'struct'
}
