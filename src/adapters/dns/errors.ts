import { RopewalkError } from '../../core/error.ts'

/** A name server has not said what it was asked: it failed, refused, or sent what nobody can read. */
export class DnsFailedError extends RopewalkError {
  readonly code = 'ERR_DNS_FAILED'

  constructor({ server, question }: { server: string; question: string }, problem: string, options?: ErrorOptions) {
    super(
      `The name server ${server} did not answer for ${question}: ${problem}. What it said before counts until it does`,
      options,
    )
  }
}
