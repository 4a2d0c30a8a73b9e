import type { ZookeeperErrorName } from './error-names.ts'
import type { JuteReader } from './jute-reader.ts'
import type { JuteWriter } from './jute-writer.ts'
import { readStat, type Stat } from './stat.ts'

/** Something to ask ZooKeeper: what goes there and how to read what comes back. */
export interface Operation<Result> {
  readonly opcode: number
  /** What it is about, for errors. */
  readonly path: string
  /** An error that is an answer like any other: the result is then undefined. */
  readonly tolerated: ZookeeperErrorName | undefined
  write(writer: JuteWriter): void
  read(reader: JuteReader): Result
}

/** The numbers of ZooKeeper's operations. */
const OPCODE = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  multi: 14,
  createContainer: 19,
  removeWatches: 18,
  auth: 100,
  addWatch: 106,
  closeSession: -11,
} as const

/** Who may do what at a node, as ZooKeeper has it. */
export interface Acl {
  readonly permissions: number
  readonly scheme: string
  readonly id: string
}

/** Everything, to everybody. */
export const OPEN_ACL: readonly Acl[] = [{ permissions: 31, scheme: 'world', id: 'anyone' }]

/** Everything, to the identity that creates the node. */
export const CREATOR_ACL: readonly Acl[] = [{ permissions: 31, scheme: 'auth', id: '' }]

/** How long a node lives: until it is deleted, with its session, or until its last child has gone. */
export type CreateMode = 'persistent' | 'session' | 'container'

const CREATE_FLAGS: Readonly<Record<CreateMode, number>> = { persistent: 0, session: 1, container: 4 }

/** A node to create. */
export interface NodeInit {
  readonly path: string
  readonly data: Uint8Array
  readonly acl: readonly Acl[]
  readonly mode: CreateMode
}

/** Creates a node; its parent must exist. */
export function create(init: NodeInit): Operation<void> {
  return {
    opcode: createOpcode(init),
    path: init.path,
    tolerated: undefined,
    write: writer => writeNode(writer, init),
    read: reader => void reader.string(),
  }
}

/** Creates nodes in one transaction, all or none. The result is the number of the error that it failed with, 0 if it did not. */
export function createAll(inits: readonly NodeInit[]): Operation<number> {
  return {
    opcode: OPCODE.multi,
    path: inits.at(-1)?.path ?? '/',
    tolerated: undefined,
    write(writer) {
      for (const init of inits) {
        writeMultiHeader(writer, createOpcode(init))
        writeNode(writer, init)
      }
      writeMultiHeader(writer, END)
    },
    read: readFailure,
  }
}

/** Deletes a node of that version of its data and creates it anew, in one transaction, so that nobody sees it missing. The result as of `createAll`. */
export function replace(init: NodeInit, version: number): Operation<number> {
  return {
    opcode: OPCODE.multi,
    path: init.path,
    tolerated: undefined,
    write(writer) {
      writeMultiHeader(writer, OPCODE.delete)
      writer.string(init.path)
      writer.int(version)
      writeMultiHeader(writer, createOpcode(init))
      writeNode(writer, init)
      writeMultiHeader(writer, END)
    },
    read: readFailure,
  }
}

/** The number of the error that a transaction failed with, 0 if it did not. */
function readFailure(reader: JuteReader): number {
  let failure = 0
  for (let type = readMultiHeader(reader); type !== END; type = readMultiHeader(reader)) {
    const code = type === ERROR ? reader.int() : 0
    if (type !== ERROR && type !== OPCODE.delete) reader.string()
    // The others of a transaction that fails are said to be inconsistent.
    if (failure === 0 && code !== RUNTIME_INCONSISTENCY) failure = code
  }
  return failure
}

/** The type of what ends the parts of a transaction; the type of a part that failed is the same number. */
const END = undefined
const ERROR = -1
const RUNTIME_INCONSISTENCY = -2

function createOpcode({ mode }: NodeInit): number {
  return mode === 'container' ? OPCODE.createContainer : OPCODE.create
}

function writeNode(writer: JuteWriter, { path, data, acl, mode }: NodeInit): void {
  writer.string(path)
  writer.buffer(data)
  writer.int(acl.length)
  for (const { permissions, scheme, id } of acl) {
    writer.int(permissions)
    writer.string(scheme)
    writer.string(id)
  }
  writer.int(CREATE_FLAGS[mode])
}

function writeMultiHeader(writer: JuteWriter, type: number | typeof END): void {
  writer.int(type ?? ERROR)
  writer.boolean(type === END)
  writer.int(-1)
}

/** The type of the next part, or that there is none. */
function readMultiHeader(reader: JuteReader): number | typeof END {
  const type = reader.int()
  const isEnd = reader.boolean()
  reader.int()
  return isEnd ? END : type
}

/** Deletes a node that has no children, if it has that version of its data (-1: any). One that is not there is fine. */
export function remove(path: string, version = -1): Operation<void> {
  return {
    opcode: OPCODE.delete,
    path,
    tolerated: 'NoNode',
    write(writer) {
      writer.string(path)
      writer.int(version)
    },
    read: () => undefined,
  }
}

/** A node's Stat; undefined when there is no such node. */
export function exists(path: string): Operation<Stat | undefined> {
  return { ...reading(OPCODE.exists, path), read: readStat }
}

/** A node's data and Stat; undefined when there is no such node. */
export function getData(path: string): Operation<{ data: Buffer; stat: Stat } | undefined> {
  return {
    ...reading(OPCODE.getData, path),
    read: reader => ({ data: reader.buffer(), stat: readStat(reader) }),
  }
}

/** The names of a node's children, in no order, and its Stat; undefined when there is no such node. */
export function getChildren(path: string): Operation<{ children: string[]; stat: Stat } | undefined> {
  return {
    ...reading(OPCODE.getChildren2, path),
    read: reader => ({ children: reader.strings(), stat: readStat(reader) }),
  }
}

/** Writes a node's data, if it has that version (-1: any). */
export function setData(path: string, data: Uint8Array, version: number): Operation<Stat> {
  return {
    opcode: OPCODE.setData,
    path,
    tolerated: undefined,
    write(writer) {
      writer.string(path)
      writer.buffer(data)
      writer.int(version)
    },
    read: readStat,
  }
}

/** Has the server catch up with its leader before it answers what is asked next. */
export function sync(path: string): Operation<void> {
  return {
    opcode: OPCODE.sync,
    path,
    tolerated: 'NoNode',
    write: writer => writer.string(path),
    read: reader => void reader.string(),
  }
}

/** What a watch that stays is told of: the node and its children's coming and going, or all that happens in the tree below it. */
export type WatchMode = 'node' | 'tree'

/** Sets a watch that stays until it is removed or the connection ends. The node need not exist. Servers from 3.6 on know it. */
export function addWatch(path: string, mode: WatchMode): Operation<void> {
  return {
    opcode: OPCODE.addWatch,
    path,
    tolerated: undefined,
    write(writer) {
      writer.string(path)
      writer.int(mode === 'tree' ? 1 : 0)
    },
    read: () => undefined,
  }
}

const ANY_WATCHER = 3

/** Takes the watches of this session at a node away. */
export function removeWatches(path: string): Operation<void> {
  return {
    opcode: OPCODE.removeWatches,
    path,
    tolerated: 'NoWatcher',
    write(writer) {
      writer.string(path)
      writer.int(ANY_WATCHER)
    },
    read: () => undefined,
  }
}

/** Says that this process lives, and asks for an answer. */
export const ping: Operation<void> = bare(OPCODE.ping)

/** Says who this process is, by the scheme `digest`. ZooKeeper takes every password: a wrong one only may less. */
export function authenticate({ user, password }: { user: string; password: string }): Operation<void> {
  return {
    ...bare(OPCODE.auth),
    write(writer) {
      writer.int(0)
      writer.string('digest')
      writer.buffer(Buffer.from(`${user}:${password}`))
    },
  }
}

/** Ends the session and all that lives by it. */
export const closeSession: Operation<void> = bare(OPCODE.closeSession)

function bare(opcode: number): Operation<void> {
  return { opcode, path: '/', tolerated: undefined, write: () => undefined, read: () => undefined }
}

function reading(opcode: number, path: string) {
  return {
    opcode,
    path,
    tolerated: 'NoNode' as const,
    write(writer: JuteWriter) {
      writer.string(path)
      writer.boolean(false)
    },
  }
}
