import { ConsulRefusedError } from '../errors.ts'
import { durationProblem, parseGoDuration, wholeNs } from './duration.ts'
import { firstJson, jsonProblem } from './json-problem.ts'

/**
 * What a JSON value is to be: `duration` is a text in Go's notation or a number of nanoseconds, and becomes nanoseconds, of anything else 0; `base64`
 * is a text; `named` is a text too, for which Go has a type of that name; `fields` is an object whose keys count without regard to case and come
 * out as they are written here, also those that go by another name (`aka`), which counts where the first says nothing. `go` is how Go calls the
 * object or the list, for its messages; an object that is `sealed` decodes itself, so that these do not tell where in it they mean.
 */
export type Shape =
  | 'string'
  | 'int'
  | 'uint'
  | 'bool'
  | 'duration'
  | 'base64'
  | 'any'
  | { readonly named: string }
  | { readonly list: Shape; readonly go?: string }
  | { readonly map: Shape }
  | FieldsShape

/** An object, as a shape. */
export interface FieldsShape {
  readonly fields: Readonly<Record<string, Shape>>
  /** The names that some clients use besides, by those of the fields. */
  readonly aka?: Readonly<Record<string, string>>
  readonly open?: boolean
  readonly go?: string
  readonly sealed?: boolean
}

/** The names of Go's types, for its messages. */
const GO_TYPES = {
  string: 'string',
  int: 'int',
  uint: 'uint64',
  bool: 'bool',
  duration: 'string',
  base64: '[]uint8',
  any: 'interface {}',
} as const

/**
 * The body of a request as `shape` says, with the refusals that a Go program gives: 400 and `Request decode failed: …` for what is not JSON, for
 * a member of another type, for one that is not known (unless the object is `open`). Absent and null members are left out;
 * where something has to be, null is what Go has where nothing was said.
 */
export function decodeBody(text: string, shape: Shape): unknown {
  try {
    return decodeValue(parse(text), shape) ?? zeroOf(shape)
  } catch (error) {
    if (error instanceof Mismatch) throw new ConsulRefusedError(400, `Request decode failed: ${error.message}`)
    throw error
  }
}

class Mismatch extends Error {}

/** A value of another type than it has to be. */
class WrongType extends Mismatch {
  readonly #what: string
  #holder: string | undefined
  #path: readonly string[] = []

  constructor(value: unknown, shape: Shape) {
    super()
    const isNumber = (shape === 'int' || shape === 'uint') && typeof value === 'number'
    this.#what = `${isNumber ? `number ${value}` : jsonTypeOf(value)} into Go %s of type ${goTypeOf(shape)}`
  }

  /** Says in which field of which object it was met, from the innermost on. */
  at(field: string, { holder, shape }: { holder: FieldsShape; shape: Shape }): this {
    const name = holder.go?.replace(/^.*\./, '') ?? ''
    const isWhole = isSealed(shape)
    this.#holder = isWhole ? name : (this.#holder ?? name)
    this.#path = isWhole ? [field] : [field, ...this.#path]
    return this
  }

  override get message(): string {
    const where = this.#holder === undefined ? 'value' : `struct field ${this.#holder}.${this.#path.join('.')}`
    return `json: cannot unmarshal ${this.#what.replace('%s', () => where)}`
  }
}

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

function decodeValue(value: unknown, shape: Shape): unknown {
  if (value === null || value === undefined) return undefined
  if (typeof shape === 'string') return decodeScalar(value, shape)
  if ('named' in shape) {
    if (typeof value !== 'string') throw new WrongType(value, shape)
    return value
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) throw new WrongType(value, shape)
    return decodeMembers(value, shape.list)
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw new WrongType(value, shape)
  const members = value as Record<string, unknown>
  return 'map' in shape ? decodeMembers(members, shape.map) : decodeFields(members, shape)
}

/** In place: nobody else has what was just parsed, and most of it is right as it is. */
function decodeMembers<T extends Record<string, unknown> | unknown[]>(members: T, shape: Shape): T {
  const all = members as Record<string, unknown>
  for (const key of Object.keys(all)) {
    const value = all[key]
    const decoded = decodeValue(value, shape) ?? zeroOf(shape)
    if (decoded !== value) all[key] = decoded
  }
  return members
}

const ZEROS = { string: '', int: 0, uint: 0, bool: false, duration: 0, base64: '', any: null } as const

/** What Go has where nothing was said. */
function zeroOf(shape: Shape): unknown {
  if (typeof shape === 'string') return ZEROS[shape]
  if ('named' in shape) return ''
  return 'list' in shape ? [] : {}
}

function decodeScalar(value: unknown, shape: Extract<Shape, string>): unknown {
  if (shape === 'any') return value
  if (shape === 'duration') return decodeDuration(value)
  if (shape === 'base64' && isByteList(value)) return Buffer.from(value).toString('base64')
  if (!isRight(value, shape)) throw new WrongType(value, shape)
  if (shape === 'base64') requireBase64(value as string)
  return value
}

function isRight(value: unknown, shape: Exclude<Extract<Shape, string>, 'any' | 'duration'>): boolean {
  if (shape === 'bool') return typeof value === 'boolean'
  if (shape === 'string' || shape === 'base64') return typeof value === 'string'
  const isWhole = Number.isSafeInteger(value) || typeof value === 'bigint'
  return isWhole && (shape === 'int' || (value as number) >= 0)
}

/** Anything but a text and a number is what Go has where nothing was said. */
function decodeDuration(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return wholeNs(value)
  if (typeof value !== 'string') return 0
  const ns = parseGoDuration(value)
  if (ns === undefined) throw new Mismatch(durationProblem(value))
  return ns
}

/** Go takes bytes also as a list of numbers. */
function isByteList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(byte => Number.isInteger(byte) && byte >= 0 && byte <= 255)
}

function requireBase64(text: string): void {
  const bad = /[^A-Za-z0-9+/=\r\n]/.exec(text)
  if (bad || text.length % 4 !== 0) throw new Mismatch(`illegal base64 data at input byte ${bad?.index ?? text.length}`)
}

/** The object itself where it is right as it is, as most are. */
function decodeFields(members: Record<string, unknown>, shape: FieldsShape): Record<string, unknown> {
  const keys = Object.keys(members)
  let result: Record<string, unknown> | undefined
  for (const key of keys) {
    const name = nameIn(shape, key)
    if (name === undefined && !shape.open) throw new Mismatch(`json: unknown field ${JSON.stringify(key)}`)
    const decoded = name === undefined ? undefined : decodeField(members[key], { name, holder: shape })
    if (!result && name === key && decoded !== undefined && decoded === members[key]) continue
    result ??= Object.fromEntries(keys.slice(0, keys.indexOf(key)).map(former => [former, members[former]]))
    if (name === undefined || decoded === undefined) continue
    const other = shape.aka?.[name]
    const [first, second] = key.toLowerCase() === other ? [result[name], decoded] : [decoded, other && result[name]]
    result[name] = first || (second ?? first)
  }
  return result ?? members
}

function decodeField(value: unknown, { name, holder }: { name: string; holder: FieldsShape }): unknown {
  const shape = holder.fields[name] as Shape
  try {
    return decodeValue(value, shape)
  } catch (error) {
    throw error instanceof WrongType ? error.at(name, { holder, shape }) : error
  }
}

function isSealed(shape: Shape): boolean {
  if (typeof shape === 'string') return false
  if ('list' in shape) return isSealed(shape.list)
  return 'fields' in shape && shape.sealed === true
}

const foldedNames = new WeakMap<object, ReadonlyMap<string, string>>()

function nameIn(shape: FieldsShape, key: string): string | undefined {
  if (Object.hasOwn(shape.fields, key)) return key
  let names = foldedNames.get(shape)
  if (!names) {
    const others = Object.entries(shape.aka ?? {}).map(([name, other]) => [other, name] as const)
    names = new Map([...others, ...Object.keys(shape.fields).map(name => [name.toLowerCase(), name] as const)])
    foldedNames.set(shape, names)
  }
  return names.get(key.toLowerCase())
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'number'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function goTypeOf(shape: Shape): string {
  if (typeof shape === 'string') return GO_TYPES[shape]
  if ('named' in shape) return shape.named
  if ('list' in shape) return shape.go ?? `[]${isSealed(shape.list) ? nameOf(shape.list) : goTypeOf(shape.list)}`
  if ('map' in shape) return `map[string]${goTypeOf(shape.map)}`
  return shape.aka ? decodedInto(shape.aka, shape) : nameOf(shape)
}

function nameOf(shape: Shape): string {
  return (typeof shape === 'object' && 'go' in shape && shape.go) || 'struct'
}

/** What takes the other names is a type of its own, without a name. */
function decodedInto(aka: Readonly<Record<string, string>>, { fields }: FieldsShape): string {
  const members = Object.entries(aka).map(([name, other]) => {
    const shape = fields[name] as Shape
    const type = typeof shape === 'object' && 'fields' in shape ? `*${nameOf(shape)}` : goTypeOf(shape)
    return `${name}Snake ${type} ${JSON.stringify(`json:${JSON.stringify(other)}`)}; `
  })
  return `struct { ${members.join('')}*structs.Alias }`
}
