import type { Abortable } from '../../core/abort.ts'
import { errorName } from './error-names.ts'
import { refusalOf, ZookeeperRefusedError } from './errors.ts'
import type { Link } from './link.ts'
import {
  type Acl,
  create,
  createAll,
  type CreateMode,
  exists,
  getData,
  type NodeInit,
  replace,
  setData,
} from './operations.ts'

/** A node that lives by the session of this process. */
export interface SessionNode {
  readonly path: string
  readonly data: Uint8Array
  readonly acl: readonly Acl[]
  /** Whether the data of a node that another session has say that it may be taken over. */
  readonly isOurs?: (data: Buffer) => boolean
  /** How its parents live, where they have to be created. */
  readonly parents: Extract<CreateMode, 'persistent' | 'container'>
}

/** When and as what a node was written. */
export interface Written {
  /** The transaction that created the node. */
  readonly createdAt: number
  /** The transaction that wrote it. */
  readonly writtenAt: number
  readonly version: number
}

/** The most attempts: all but the last are due to somebody who created or deleted the same nodes meanwhile. */
const ATTEMPTS_MAX = 10

const NO_DATA = Buffer.alloc(0)

/** Creates the node, with its parents, or writes it if this session has it, or may have it. Undefined, with nothing changed, when somebody else has it. */
export async function putSessionNode(
  link: Link,
  node: SessionNode,
  { signal }: Abortable = {},
): Promise<Written | undefined> {
  for (let attempt = 1; ; attempt++) {
    const createdAt = await createWithParents(link, { ...node, mode: 'session' }, { signal })
    if (createdAt !== undefined) return { createdAt, writtenAt: createdAt, version: 0 }
    try {
      return await write(link, node, { signal })
    } catch (error) {
      const isRace = isRefused(error, 'NoNode') || isRefused(error, 'BadVersion')
      if (!isRace || attempt === ATTEMPTS_MAX) throw error
    }
  }
}

/**
 * The transaction that created the node, and its parents with it if they were missing, so that nobody sees these without it; undefined when
 * it was there.
 */
export async function createWithParents(
  link: Link,
  init: NodeInit & Pick<SessionNode, 'parents'>,
  { signal }: Abortable = {},
): Promise<number | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await link.request(create(init), { signal })).zxid
    } catch (error) {
      if (isRefused(error, 'NodeExists')) return undefined
      if (!isRefused(error, 'NoNode') || attempt === ATTEMPTS_MAX) throw error
    }
    const createdAt = await createTree(link, init, { signal })
    if (createdAt !== undefined) return createdAt
  }
}

/** Whether ZooKeeper refused for that reason. */
export function isRefused(error: unknown, reason: ZookeeperRefusedError['reason']): boolean {
  return error instanceof ZookeeperRefusedError && error.reason === reason
}

/** Creates a node and those above it that are missing, in one transaction; undefined when one of them came or went meanwhile. */
async function createTree(
  link: Link,
  { parents: mode, ...init }: NodeInit & Pick<SessionNode, 'parents'>,
  { signal }: Abortable,
): Promise<number | undefined> {
  const missing = await missingAncestors(link, init.path, { signal })
  const above = missing.map(path => ({ path, data: NO_DATA, acl: init.acl, mode }))
  const { zxid, result: code } = await link.request(createAll([...above, init]), { signal })
  if (code === 0) return zxid
  const name = errorName(code)
  if (name === 'NodeExists' || name === 'NoNode') return undefined
  throw refusalOf(code, missing[0] ?? init.path)
}

/** Rejects with `NoNode` when it was deleted meanwhile, with `BadVersion` when it was written. */
async function write(link: Link, node: SessionNode, { signal }: Abortable): Promise<Written | undefined> {
  const { path, data } = node
  const { result: stat } = await link.request(exists(path), { signal })
  if (stat && stat.owner !== link.session.id) return takeOver(link, node, { signal })
  const { result } = await link.request(setData(path, data, stat?.version ?? -1), { signal })
  return { createdAt: result.createdAt, writtenAt: result.writtenAt, version: result.version }
}

/** Rejects as `write` does when it changed meanwhile. */
async function takeOver(link: Link, node: SessionNode, { signal }: Abortable): Promise<Written | undefined> {
  const { path, data, acl, isOurs } = node
  if (!isOurs) return undefined
  const { result: found } = await link.request(getData(path), { signal })
  if (found && !isOurs(found.data)) return undefined
  const { version = -1 } = found?.stat ?? {}
  const { zxid, result: code } = await link.request(replace({ path, data, acl, mode: 'session' }, version), { signal })
  if (code !== 0) throw refusalOf(code, path)
  return { createdAt: zxid, writtenAt: zxid, version: 0 }
}

/** Those of the nodes above a node that are not there, the topmost first. */
async function missingAncestors(link: Link, path: string, { signal }: Abortable): Promise<string[]> {
  const names = path.split('/').slice(1, -1)
  const ancestors = names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
  const stats = await Promise.all(ancestors.map(ancestor => link.request(exists(ancestor), { signal })))
  return ancestors.filter((_, index) => !stats[index]?.result)
}
