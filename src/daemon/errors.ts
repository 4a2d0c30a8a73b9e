import { RopewalkError } from '../core/error.ts'

/** The daemon's data could not be written to, or read from, its disk. */
export class JournalError extends RopewalkError {
  readonly code = 'ERR_JOURNAL'

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`The registry's data in ${path} ${problem}`, options)
  }
}

/** The daemon would be open to the network without protection. */
export class InsecureInterfaceError extends RopewalkError {
  readonly code = 'ERR_INSECURE_INTERFACE'

  constructor(endpoint: string, options?: ErrorOptions) {
    super(
      `The registry daemon would listen on ${endpoint}, where everybody who reaches it may change everything: listen on a loopback interface, use TLS with tokens or client certificates, or say so by "insecure" (--insecure)`,
      options,
    )
  }
}
