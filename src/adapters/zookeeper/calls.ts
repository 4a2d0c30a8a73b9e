import { RegistryClosedError, RegistryUnavailableError } from '../../discovery/errors.ts'
import type { ZookeeperClient } from './client.ts'
import { ZookeeperConnectionError, ZookeeperProtocolError } from './errors.ts'
import type { Link } from './link.ts'

/** What is done on connections of a client, with the errors of a Registry: whatever ends a connection is a `RegistryUnavailableError`. */
export class Calls {
  readonly #client: ZookeeperClient
  readonly #url: string

  constructor(client: ZookeeperClient, url: string) {
    this.#client = client
    this.#url = url
  }

  /** Does something once, on the connection that is open or on the next one. */
  async perform<Result>(signal: AbortSignal, action: (link: Link) => Promise<Result>): Promise<Result> {
    const link = await this.#link(signal)
    try {
      return await action(link)
    } catch (error) {
      throw this.#translated(error)
    }
  }

  /** Reads from the connection that is open, or from the next one, until its end. */
  async *stream<Item>(
    signal: AbortSignal,
    read: (link: Link) => AsyncIterable<Item>,
  ): AsyncGenerator<Item, void, void> {
    const link = await this.#link(signal)
    try {
      yield* read(link)
    } catch (error) {
      throw this.#translated(error)
    }
  }

  async #link(signal: AbortSignal): Promise<Link> {
    try {
      return await this.#client.link({ signal })
    } catch (error) {
      if (signal.aborted || error instanceof RegistryClosedError) throw error
      throw new RegistryUnavailableError(this.#url, { cause: error })
    }
  }

  #translated(error: unknown): unknown {
    const isEnd = error instanceof ZookeeperConnectionError || error instanceof ZookeeperProtocolError
    return isEnd ? new RegistryUnavailableError(this.#url, { cause: error }) : error
  }
}
