import { RopewalkError } from '../core/error.ts'

/** What the other side of a session sent is not the session protocol. */
export class ProtocolError extends RopewalkError {
  readonly code = 'ERR_PROTOCOL'

  constructor(problem: string, options?: ErrorOptions) {
    super(
      `The registry session received what is not its protocol: ${problem}. Check that both sides are Ropewalk and of fitting versions`,
      options,
    )
  }
}
