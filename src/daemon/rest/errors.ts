import { HttpError } from '../../web/errors.ts'

/** The request does not prove that it may do this to this instance. */
export class LeaseRequiredError extends HttpError {
  readonly code = 'ERR_LEASE_REQUIRED'
  readonly status = 403

  constructor(serviceName: string, id: string) {
    super(
      `To change the instance "${id}" of "${serviceName}" takes its lease in the header Ropewalk-Lease, or a request from the registry's own machine without that header`,
    )
  }
}

/** There are as many event streams as the daemon serves at a time. */
export class TooManyStreamsError extends HttpError {
  readonly code = 'ERR_TOO_MANY_STREAMS'
  readonly status = 503

  constructor(limit: number) {
    super(`There are ${limit} event streams open, and no more are served: try again later, or watch by a session`)
  }

  override get headers(): Record<string, string> {
    return { 'retry-after': '5' }
  }
}
