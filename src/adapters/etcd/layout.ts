import { encodeText } from './base64.ts'
import { keysBelow, type KeyRange } from './key-range.ts'

/**
 * Where things are in etcd (docs/reference/etcd.md). Service names, ids and readers are percent-encoded, as `encodeURIComponent` does it:
 * so they hold no `/`, and a range of keys is exactly one service.
 */
export class Layout {
  /** Before every key: begins with `/`, and does not end with one. */
  readonly prefix: string
  /** Names the data set. */
  readonly epoch: string
  /** The marks of all service names. */
  readonly names: KeyRange

  constructor(prefix: string) {
    this.prefix = prefix
    this.epoch = encodeText(`${prefix}/epoch`)
    this.names = keysBelow(`${prefix}/names/`)
  }

  instance({ serviceName, id }: { serviceName: string; id: string }): string {
    return encodeText(`${this.prefix}/instances/${encodeURIComponent(serviceName)}/${encodeURIComponent(id)}`)
  }

  instances(serviceName: string): KeyRange {
    return keysBelow(`${this.prefix}/instances/${encodeURIComponent(serviceName)}/`)
  }

  /** The mark that a service name is known. */
  name(serviceName: string): string {
    return encodeText(`${this.prefix}/names/${encodeURIComponent(serviceName)}`)
  }

  note(serviceName: string, reader: string): string {
    return encodeText(`${this.prefix}/readers/${encodeURIComponent(serviceName)}/${encodeURIComponent(reader)}`)
  }

  notes(serviceName: string): KeyRange {
    return keysBelow(`${this.prefix}/readers/${encodeURIComponent(serviceName)}/`)
  }
}

/** The last part of a key: the id, name or reader it is about. Undefined when it is not percent-encoded as it should be. */
export function lastPart(key: string): string | undefined {
  const part = key.slice(key.lastIndexOf('/') + 1)
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
