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

/** Who was dialled does not speak the session protocol, or does not want to. */
export class HandshakeError extends RopewalkError {
  readonly code = 'ERR_HANDSHAKE'
  /** The status of its answer, if that is one of HTTP; else 0. */
  readonly status: number

  constructor(authority: string, answer: string, options?: ErrorOptions) {
    super(
      `${authority} has answered ${JSON.stringify(answer.slice(0, 80))} instead of opening a session: check that a Ropewalk registry daemon listens there`,
      options,
    )
    this.status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(answer)?.[1] ?? 0)
  }
}
