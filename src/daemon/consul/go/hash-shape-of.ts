import type { FieldsShape, Shape } from './decode.ts'
import type { HashShape } from './struct-hash.ts'

/** What the hash of a Go value depends on, where JSON of that shape is decoded into it. */
export function hashShapeOf(shape: Shape): HashShape {
  if (shape === 'bool' || shape === 'any') return shape
  if (shape === 'int' || shape === 'uint' || shape === 'duration') return 'int'
  if (typeof shape === 'string' || 'named' in shape) return 'string'
  if ('list' in shape) return { list: hashShapeOf(shape.list) }
  if ('map' in shape) return { map: hashShapeOf(shape.map) }
  return { struct: (shape.go ?? '').replace(/^.*\./, ''), fields: hashFieldsOf(shape) }
}

/** The same of its fields. */
export function hashFieldsOf({ fields }: FieldsShape): Readonly<Record<string, HashShape>> {
  return Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, hashShapeOf(shape)]))
}
