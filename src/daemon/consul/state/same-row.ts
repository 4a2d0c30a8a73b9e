/**
 * Whether a row says what another one says, indexes aside: fields and the keys of maps in any order, lists in theirs. What is undefined is not
 * there. Both are JSON.
 */
export function isSameRow(before: object, row: object): boolean {
  return isSameObject(before as Record<string, unknown>, row as Record<string, unknown>, INDEXES)
}

const INDEXES = ['CreateIndex', 'ModifyIndex']
const NOTHING: readonly string[] = []

function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other)
  return isSameObject(one as Record<string, unknown>, other as Record<string, unknown>)
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((value, at) => isSameValue(value, other[at]))
}

function isSameObject(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
  aside: readonly string[] = NOTHING,
): boolean {
  for (const key of Object.keys(one)) if (!isSameValue(one[key], other[key]) && !aside.includes(key)) return false
  for (const key of Object.keys(other)) if (other[key] !== undefined && !Object.hasOwn(one, key)) return false
  return true
}
