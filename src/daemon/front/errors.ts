import { RopewalkError } from '../../core/error.ts'
import { HttpError } from '../../web/errors.ts'

/** Somebody else than the clients of this front holds the instance, so that the front cannot change it. */
export class NotHeldHereError extends RopewalkError {
  readonly code = 'ERR_NOT_HELD_HERE'

  constructor(serviceName: string, id: string, options?: ErrorOptions) {
    super(
      `The instance "${id}" of "${serviceName}" was not registered through this front: change it where it was registered, or in the registry behind`,
      options,
    )
  }
}

/** The registry behind a front does not do what it was asked for, for a reason of its own, such as missing rights; see its `cause`. */
export class BackendRefusedError extends RopewalkError {
  readonly code = 'ERR_BACKEND_REFUSED'

  constructor(url: string, { cause }: { cause: Error }) {
    super(`The registry behind this front, ${url}, refused: ${cause.message}`, { cause })
  }
}

/** Too many services were asked for in a short time that the registry behind does not name: each of them has to be looked up there. */
export class LookupRateError extends HttpError {
  readonly code = 'ERR_LOOKUP_RATE'
  readonly status = 429

  constructor(perSecond: number) {
    super(
      `More than ${perSecond} services per second are asked for that the registry behind this front does not name: ask again in a second, and look who asks for names that are none`,
    )
  }

  override get headers(): Record<string, string> {
    return { 'retry-after': '1' }
  }
}
