import type { JuteReader } from './jute-reader.ts'

/** What ZooKeeper knows of a node, as far as it matters here. */
export interface Stat {
  /** The transaction that created it. */
  readonly createdAt: number
  /** The transaction that last wrote its data. */
  readonly writtenAt: number
  /** The transaction that last added or removed one of its children. */
  readonly childrenAt: number
  /** How often its data was written since it was created. */
  readonly version: number
  /** The session it lives by; 0 if it is there to stay. */
  readonly owner: bigint
}

/** Reads a node's `Stat`: czxid, mzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner, dataLength, numChildren, pzxid. */
export function readStat(reader: JuteReader): Stat {
  const createdAt = reader.zxid()
  const writtenAt = reader.zxid()
  reader.skip(16)
  const version = reader.int()
  reader.skip(8)
  const owner = reader.long()
  reader.skip(8)
  return { createdAt, writtenAt, version, owner, childrenAt: reader.zxid() }
}
