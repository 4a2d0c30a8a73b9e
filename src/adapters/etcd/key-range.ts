import { encodeText } from './base64.ts'

/** All keys from `key` up to, but without, `range_end`, as etcd has it. */
export interface KeyRange {
  readonly key: string
  readonly range_end: string
}

/** All keys that begin with `prefix`, which ends with an ASCII character. */
export function keysBelow(prefix: string): KeyRange {
  const last = prefix.charCodeAt(prefix.length - 1)
  return { key: encodeText(prefix), range_end: encodeText(prefix.slice(0, -1) + String.fromCharCode(last + 1)) }
}

/** What of `range` comes after `key`. */
export function keysAfter(key: string, range: KeyRange): KeyRange {
  return { ...range, key: Buffer.concat([Buffer.from(key, 'base64'), Buffer.of(0)]).toString('base64') }
}
