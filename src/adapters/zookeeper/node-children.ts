import { abortable } from '../../core/abort.ts'
import { ZookeeperAccessError } from './errors.ts'
import type { Link } from './link.ts'
import { exists, getChildren, getData } from './operations.ts'
import type { WatchEvent } from './watches.ts'

/** What has become of the children of a node since it was last told; at first, all there is. */
export interface ChildrenChange {
  /** The transaction that made it so: the same for all who see the same children. */
  readonly revision: number
  /** Whether the node itself is there. */
  readonly exists: boolean
  /** The children that came or were written, with their data; undefined for one that this process may not read. */
  readonly put: ReadonlyMap<string, Buffer | undefined>
  readonly gone: ReadonlySet<string>
}

/** Requests under way at once while many children are read. */
const AT_ONCE = 512

/** How often reading may be overtaken by changes before what was read is told all the same. */
const OVERTAKEN_MAX = 8

/**
 * What this process knows of the children of one node on one connection. `hear` marks what was changed; `read` reads that, and what is
 * changed meanwhile.
 *
 * **Revisions.** ZooKeeper's events do not say which transaction they are of. So what was read is told only when no event came while it was
 * read: then it is one state of the server's, and its revision the highest transaction in it. The node knows the last one that added or
 * removed a child, each child the last that wrote it. Where changes never cease, it is told all the same after `OVERTAKEN_MAX` attempts, as
 * of the last transaction heard of before the last attempt: it holds all up to there, and some of what followed.
 */
export class NodeChildren {
  readonly #link: Link
  readonly #path: string
  readonly #names = new Set<string>()
  #exists = false
  /** The highest transaction seen. */
  #seen = 0
  /** A transaction up to which everything was heard of: events come before the answers that show what they tell of. */
  #heard = 0
  /** The revision told last. */
  #revision = 0
  /** What is to be read: the node and whoever is there, or certain children. */
  #isAllDirty = true
  #dirty = new Set<string>()
  /** What is to be told. */
  #put = new Map<string, Buffer | undefined>()
  #gone = new Set<string>()
  #woken = Promise.withResolvers<void>()

  constructor(link: Link, path: string) {
    this.#link = link
    this.#path = path
  }

  /** Something happened to the node or to one of its children. */
  hear({ kind, path }: WatchEvent): void {
    if (kind === 'children' || kind === 'other') return
    if (path !== this.#path) this.#dirty.add(path.slice(this.#path.length + 1))
    else if (kind !== 'written') this.#isAllDirty = true
    this.#woken.resolve()
  }

  /** The reader is back: resolves when there is something to read again. Rejects with the signal's reason. */
  async changed(signal: AbortSignal): Promise<void> {
    await abortable(this.#woken.promise, signal)
  }

  /** Reads until there is nothing to read, and tells what has changed since the last time; undefined if that is nothing. */
  async read(signal: AbortSignal): Promise<ChildrenChange | undefined> {
    const before = this.#revision
    for (let attempt = 0; this.#isDirty; attempt++) {
      const heard = this.#heard
      await abortable(this.#attempt(), signal)
      if (!this.#isDirty) this.#revision = Math.max(this.#revision, this.#seen)
      else if (attempt >= OVERTAKEN_MAX) {
        this.#revision = Math.max(this.#revision, heard)
        break
      }
    }
    return this.#revision > before ? this.#take() : undefined
  }

  get #isDirty(): boolean {
    return this.#isAllDirty || this.#dirty.size > 0
  }

  #take(): ChildrenChange {
    const change = { revision: this.#revision, exists: this.#exists, put: this.#put, gone: this.#gone }
    this.#put = new Map()
    this.#gone = new Set()
    return change
  }

  /** Reads what was dirty. */
  async #attempt(): Promise<void> {
    const dirty = this.#dirty
    const isAllDirty = this.#isAllDirty
    this.#dirty = new Set()
    this.#isAllDirty = false
    this.#woken = Promise.withResolvers()
    if (isAllDirty) return this.#readAll()
    const [self] = await Promise.all([this.#link.request(exists(this.#path)), this.#readEach(dirty)])
    this.#see(self.result?.childrenAt ?? self.zxid)
    this.#heard = self.zxid
  }

  async #readAll(): Promise<void> {
    const { zxid, result } = await this.#link.request(getChildren(this.#path))
    this.#exists = result !== undefined
    this.#see(result?.stat.childrenAt ?? zxid)
    const present = new Set(result?.children)
    for (const name of this.#names) if (!present.has(name)) this.#remove(name)
    await this.#readEach(present)
    this.#heard = zxid
  }

  async #readEach(names: ReadonlySet<string>): Promise<void> {
    const all = [...names]
    for (let at = 0; at < all.length; at += AT_ONCE)
      await Promise.all(all.slice(at, at + AT_ONCE).map(name => this.#readOne(name)))
  }

  async #readOne(name: string): Promise<void> {
    try {
      const { result } = await this.#link.request(getData(`${this.#path}/${name}`))
      if (!result) return this.#remove(name)
      this.#see(result.stat.writtenAt)
      this.#add(name, result.data)
    } catch (error) {
      if (!(error instanceof ZookeeperAccessError)) throw error
      this.#add(name, undefined)
    }
  }

  #see(zxid: number): void {
    this.#seen = Math.max(this.#seen, zxid)
  }

  #add(name: string, data: Buffer | undefined): void {
    this.#names.add(name)
    this.#gone.delete(name)
    this.#put.set(name, data)
  }

  #remove(name: string): void {
    this.#put.delete(name)
    if (this.#names.delete(name)) this.#gone.add(name)
  }
}
