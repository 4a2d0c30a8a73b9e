import { RopewalkError } from '../../core/error.ts'
import { errorName, type ZookeeperErrorName } from './error-names.ts'

/** What came from a ZooKeeper server is not of its protocol, or beyond a limit. */
export class ZookeeperProtocolError extends RopewalkError {
  readonly code = 'ERR_ZOOKEEPER_PROTOCOL'

  constructor(problem: string) {
    super(`The answer is not one of ZooKeeper's: ${problem}. Check that the URL leads to its client port`)
  }
}

/** The connection to a ZooKeeper server was lost, or could not be made. What was asked on it may have been done or not. */
export class ZookeeperConnectionError extends RopewalkError {
  readonly code = 'ERR_ZOOKEEPER_CONNECTION'

  constructor(problem: string, options?: ErrorOptions) {
    super(`The connection to ZooKeeper has ended (${problem}); it is made anew by itself`, options)
  }
}

/** ZooKeeper has ended the session, and with it all that lived by it. */
export class ZookeeperSessionExpiredError extends RopewalkError {
  readonly code = 'ERR_ZOOKEEPER_SESSION_EXPIRED'

  constructor() {
    super(
      'ZooKeeper has ended the session of this process, as it was not heard of for too long: what it held is registered again in a new one',
    )
  }
}

/** ZooKeeper answered that it does not do what was asked. */
export class ZookeeperRefusedError extends RopewalkError {
  readonly code = 'ERR_ZOOKEEPER_REFUSED'
  readonly reason: ZookeeperErrorName
  readonly path: string

  constructor({ code, path }: { code: number; path: string }) {
    super(`ZooKeeper refused a request for ${path}: ${errorName(code)} (${code})`)
    this.reason = errorName(code)
    this.path = path
  }
}

/** The identity of this process may not do that at that node. */
export class ZookeeperAccessError extends RopewalkError {
  readonly code = 'ERR_ZOOKEEPER_ACCESS'
  readonly path: string

  constructor(path: string, options?: ErrorOptions) {
    super(
      `ZooKeeper does not let this process at ${path}: check user and password in the URL, and the access list of that node (getAcl)`,
      options,
    )
    this.path = path
  }
}

/** What ZooKeeper says by the number of an error. */
export function refusalOf(code: number, path: string): ZookeeperRefusedError | ZookeeperAccessError {
  const refused = new ZookeeperRefusedError({ code, path })
  return refused.reason === 'NoAuth' ? new ZookeeperAccessError(path, { cause: refused }) : refused
}
