import { errorName } from './error-names.ts'
import { refusalOf, ZookeeperConnectionError, ZookeeperProtocolError } from './errors.ts'
import type { JuteReader } from './jute-reader.ts'
import type { Operation } from './operations.ts'

/** What ZooKeeper answered: the result, and the last transaction that its server had seen when it was made. */
export interface Answer<Result> {
  readonly zxid: number
  readonly result: Result
}

/** The most requests that wait for answers on one connection: beyond that nobody would wait for the last one any more. */
const PENDING_MAX = 65_536

/** Errors that end the connection rather than answer a request. */
const ENDING: ReadonlySet<string> = new Set(['SessionExpired', 'SessionMoved'])

/** The requests of one connection that wait for their answers, which come in the order of the requests. */
export class PendingRequests {
  #pending: Pending[] = []
  /** Where the oldest is: those before it are answered. */
  #first = 0
  #xid = 0

  /** Numbers a request and keeps it until it is answered; its promise rejects with the errors of `Link.request`. */
  add<Result>(operation: Operation<Result>): { xid: number; answer: Promise<Answer<Result>> } {
    if (this.#pending.length - this.#first >= PENDING_MAX)
      throw new ZookeeperConnectionError(`${PENDING_MAX} requests wait for an answer`)
    const { promise, resolve, reject } = Promise.withResolvers<Answer<unknown>>()
    const xid = ++this.#xid
    this.#pending.push({ xid, operation, resolve, reject })
    return { xid, answer: promise as Promise<Answer<Result>> }
  }

  /** An answer has come. Throws what ends the connection: an error of the session, or an answer out of turn. */
  settle(xid: number, reader: JuteReader): void {
    const { operation, resolve, reject } = this.#next(xid)
    try {
      const zxid = reader.zxid()
      const code = reader.int()
      if (code === 0) return resolve({ zxid, result: operation.read(reader) })
      if (errorName(code) === operation.tolerated) return resolve({ zxid, result: undefined })
      reject(refusal(code, operation.path))
    } catch (error) {
      reject(error)
      throw error
    }
  }

  /** There will be no answers any more. */
  fail(error: Error): void {
    const left = this.#pending.slice(this.#first)
    this.#pending = []
    this.#first = 0
    for (const { reject } of left) reject(error)
  }

  #next(xid: number): Pending {
    const pending = this.#pending[this.#first]
    if (pending?.xid !== xid) throw new ZookeeperProtocolError(`answer ${xid} where ${pending?.xid ?? 'none'} is due`)
    this.#first++
    // All answered is the usual case; copying what is left, once in a long while, keeps it short in the others.
    if (this.#first === this.#pending.length || this.#first > PENDING_MAX) {
      this.#pending = this.#pending.slice(this.#first)
      this.#first = 0
    }
    return pending
  }
}

interface Pending {
  readonly xid: number
  readonly operation: Operation<unknown>
  readonly resolve: (answer: Answer<unknown>) => void
  readonly reject: (error: unknown) => void
}

/** Throws what ends the connection; returns what merely says no. */
function refusal(code: number, path: string): Error {
  const refused = refusalOf(code, path)
  const name = errorName(code)
  if (ENDING.has(name)) throw new ZookeeperConnectionError(name, { cause: refused })
  return refused
}
