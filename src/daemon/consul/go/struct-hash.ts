/** What of a Go value its hash depends on: its type. `any` is a value as JSON has it; a pointer may be nil, and so may be what is absent. */
export type HashShape =
  | 'string'
  | 'int'
  | 'bool'
  | 'any'
  | { readonly list: HashShape }
  | { readonly map: HashShape }
  | { readonly pointer: HashShape }
  | { readonly struct: string; readonly fields: Readonly<Record<string, HashShape>> }

/**
 * The hash that Consul makes of a value, by which its clients wait for another: with F the 64-bit FNV-1 of bytes, numbers in little-endian order, and
 * strings in UTF-8,
 *
 *     h(text) = F(text)    h(int) = F(8 bytes)    h(bool) = F(1 byte)    h(a, b) = F(a, b)
 *     h(list) = h(… h(h(0, first), second) …, last)
 *     h(map) = ⊕ h(h(name), h(value))    h(struct) = h(name of its type) ⊕ ⊕ h(h(field), h(value))
 *
 * What is absent is 0, "", false, nothing or nil. Consul takes it from Go's package hashstructure.
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function structHash(value: unknown, shape: HashShape): bigint {
  if (shape === 'string') return textHash(typeof value === 'string' ? value : '')
  if (shape === 'int')
    return numberHash(value, (bytes, number) => bytes.setBigInt64(0, BigInt(Math.trunc(number)), true))
  if (shape === 'bool') return fnv(Uint8Array.of(value === true ? 1 : 0))
  if (shape === 'any') return anyHash(value)
  if ('list' in shape) return listHash(value, shape.list)
  if ('map' in shape) return mapHash(value, () => shape.map)
  if ('pointer' in shape) return structHash(value, value === undefined || value === null ? 'int' : shape.pointer)
  const { struct, fields } = shape
  const told = Object.fromEntries(Object.keys(fields).map(name => [name, memberOf(value, name)]))
  return textHash(struct) ^ mapHash(told, name => fields[name] ?? 'any')
}

function anyHash(value: unknown): bigint {
  if (typeof value === 'string') return textHash(value)
  if (typeof value === 'number') return numberHash(value, (bytes, number) => bytes.setFloat64(0, number, true))
  if (typeof value === 'boolean') return structHash(value, 'bool')
  if (Array.isArray(value)) return listHash(value, 'any')
  return typeof value === 'object' && value !== null ? mapHash(value, () => 'any') : structHash(0, 'int')
}

function listHash(value: unknown, shape: HashShape): bigint {
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  return items.reduce<bigint>((hash, item) => pairHash(hash, structHash(item, shape)), 0n)
}

function mapHash(value: unknown, shapeOf: (name: string) => HashShape): bigint {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return entries.reduce<bigint>(
    (hash, [name, item]) => hash ^ pairHash(textHash(name), structHash(item, shapeOf(name))),
    0n,
  )
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | undefined)?.[name]
}

function textHash(text: string): bigint {
  return fnv(Buffer.from(text))
}

function numberHash(value: unknown, write: (bytes: DataView, number: number) => void): bigint {
  const bytes = new DataView(new ArrayBuffer(8))
  write(bytes, typeof value === 'number' ? value : 0)
  return fnv(new Uint8Array(bytes.buffer))
}

function pairHash(first: bigint, second: bigint): bigint {
  const bytes = new DataView(new ArrayBuffer(16))
  bytes.setBigUint64(0, first, true)
  bytes.setBigUint64(8, second, true)
  return fnv(new Uint8Array(bytes.buffer))
}

/** The prime is 2⁴⁰ + 435, multiplied by in halves of 32 bits, which doubles hold. */
function fnv(bytes: Uint8Array): bigint {
  let high = 0xcb_f2_9c_e4
  let low = 0x84_22_23_25
  for (const byte of bytes) {
    const product = low * 435
    high = (high * 435 + low * 256 + Math.floor(product / 2 ** 32)) % 2 ** 32
    low = ((product % 2 ** 32) ^ byte) >>> 0
  }
  return (BigInt(high) << 32n) | BigInt(low)
}
