import { randomUUID } from 'node:crypto'
import { ZookeeperAccessError, ZookeeperConnectionError } from './errors.ts'
import type { Link } from './link.ts'
import { type Acl, getData } from './operations.ts'
import type { Session } from './session.ts'
import { createWithParents } from './session-node.ts'

/** The data as whoever may not read or write the node knows it: by no name. */
const UNKNOWN = 'unknown'

/**
 * The name of the data: a node holds it, which is created where it is absent. It cannot change while a session lasts, because no session
 * outlives the data: so it is read once for each.
 *
 * It counts the sessions of this process as well. Instances live by sessions, and an ensemble that has ended ours after a pause of its own
 * has ended others at the same moment: their instances are absent, and about to come back, just as when the data is lost.
 */
export class Epoch {
  readonly #path: string
  readonly #acl: readonly Acl[]
  readonly #known = new WeakMap<Session, Promise<string>>()
  #sessions = 0

  constructor(path: string, acl: readonly Acl[]) {
    this.#path = path
    this.#acl = acl
  }

  /** Rejects with the reason of the connection's end. */
  async of(link: Link): Promise<string> {
    const known = this.#known.get(link.session) ?? this.#obtain(link)
    this.#known.set(link.session, known)
    try {
      return await known
    } catch (error) {
      this.#known.delete(link.session)
      throw error
    }
  }

  async #obtain(link: Link): Promise<string> {
    try {
      const name = (await this.#read(link)) ?? (await this.#create(link))
      return `${name}/${++this.#sessions}`
    } catch (error) {
      if (error instanceof ZookeeperAccessError) return `${UNKNOWN}/${++this.#sessions}`
      throw error
    }
  }

  async #read(link: Link): Promise<string | undefined> {
    return (await link.request(getData(this.#path))).result?.data.toString()
  }

  async #create(link: Link): Promise<string> {
    const data = Buffer.from(randomUUID())
    await createWithParents(link, { path: this.#path, acl: this.#acl, data, mode: 'persistent', parents: 'persistent' })
    const epoch = await this.#read(link)
    if (epoch === undefined) throw new ZookeeperConnectionError(`${this.#path} was deleted just now`)
    return epoch
  }
}
