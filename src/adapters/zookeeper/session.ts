import { ZookeeperProtocolError, ZookeeperSessionExpiredError } from './errors.ts'
import type { JuteReader } from './jute-reader.ts'
import type { JuteWriter } from './jute-writer.ts'

const PASSWORD_BYTES = 16
const VERSION = 0

/**
 * A session with an ensemble: what this process puts there lives by it. It outlives connections, and can be taken up at any of the
 * servers until it was not heard of for its timeout.
 */
export class Session {
  readonly #expired = new AbortController()
  #id = 0n
  #password: Buffer = Buffer.alloc(PASSWORD_BYTES)
  #timeoutMs: number

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** 0 until it is granted. */
  get id(): bigint {
    return this.#id
  }

  /** How long it lives unheard of, in milliseconds: as granted; before that, as wished for. */
  get timeoutMs(): number {
    return this.#timeoutMs
  }

  /** Aborts when it is over; its reason is a `ZookeeperSessionExpiredError`. */
  get expired(): AbortSignal {
    return this.#expired.signal
  }

  /**
   * Asks for it, or to go on with it. The last transaction seen is always said to be 0: every reader has its server catch up with the leader
   * (`sync`) first, which promises more; and a server that has lost its data would refuse to talk at all.
   */
  request(writer: JuteWriter, timeoutMs: number): void {
    writer.int(VERSION)
    writer.long(0n)
    writer.int(timeoutMs)
    writer.long(this.#id)
    writer.buffer(this.#password)
    writer.boolean(false)
  }

  /** Reads what the server has granted. Throws `ZookeeperSessionExpiredError` when it is over. */
  grant(reader: JuteReader): void {
    const version = reader.int()
    if (version !== VERSION) throw new ZookeeperProtocolError(`version ${version} of the protocol`)
    const timeoutMs = reader.int()
    const id = reader.long()
    const password = reader.buffer()
    if (timeoutMs <= 0 || id === 0n) {
      this.#expired.abort(new ZookeeperSessionExpiredError())
      throw this.expired.reason
    }
    this.#id = id
    this.#password = password
    this.#timeoutMs = timeoutMs
  }
}
