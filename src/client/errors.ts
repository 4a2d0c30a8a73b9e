import { RopewalkError } from '../core/error.ts'

/** The service is known, but none of its Instances takes work just now. */
export class NoInstanceError extends RopewalkError {
  readonly code = 'ERR_NO_INSTANCE'
  readonly serviceName: string

  constructor(serviceName: string, waitedMs: number, options?: ErrorOptions) {
    super(
      `No instance of "${serviceName}" takes work, and none came within ${waitedMs} ms: start one, or allow more time with waitMs`,
      options,
    )
    this.serviceName = serviceName
  }
}

/** The registry has never heard of the service. */
export class UnknownServiceError extends RopewalkError {
  readonly code = 'ERR_UNKNOWN_SERVICE'
  readonly serviceName: string

  constructor(serviceName: string, waitedMs: number, options?: ErrorOptions) {
    super(
      `The registry does not know the service "${serviceName}", and none of that name came within ${waitedMs} ms: check the name, or start the service`,
      options,
    )
    this.serviceName = serviceName
  }
}

/** None of an Instance's endpoints can be used for what was asked. */
export class NoUsableEndpointError extends RopewalkError {
  readonly code = 'ERR_NO_USABLE_ENDPOINT'

  constructor(instanceId: string, endpoints: readonly string[], wanted: string) {
    super(
      `The instance "${instanceId}" has no ${wanted} endpoint, only ${endpoints.join(', ')}: call it by another protocol, or let it listen on one`,
    )
  }
}

/** An Instance did not begin to answer within the time one attempt has; the request went to another. */
export class AttemptTimeoutError extends RopewalkError {
  readonly code = 'ERR_ATTEMPT_TIMEOUT'

  constructor(instanceId: string, attemptTimeoutMs: number) {
    super(
      `The instance "${instanceId}" did not begin to answer within ${attemptTimeoutMs} ms: see whether it hangs, or allow more with attemptTimeoutMs`,
    )
  }
}

/** The answer did not begin within the time the whole request has, all attempts together. */
export class RequestTimeoutError extends RopewalkError {
  readonly code = 'ERR_REQUEST_TIMEOUT'
  readonly serviceName: string

  constructor(serviceName: string, requestTimeoutMs: number, options?: ErrorOptions) {
    super(
      `"${serviceName}" did not begin to answer within ${requestTimeoutMs} ms: allow more with requestTimeoutMs, or call something quicker`,
      options,
    )
    this.serviceName = serviceName
  }
}

/** The Instance refused the request with 503 and `Retry-After: 0`, which means that another may take it at once. */
export class InstanceRefusedError extends RopewalkError {
  readonly code = 'ERR_INSTANCE_REFUSED'

  constructor(instanceId: string) {
    super(`The instance "${instanceId}" answered 503 with Retry-After: 0: the request goes to another`)
  }
}

/** A kept connection was closed by the other side before the request was written to it. */
export class ConnectionLostError extends RopewalkError {
  readonly code = 'ERR_CONNECTION_LOST'

  constructor(instanceId: string, options?: ErrorOptions) {
    super(
      `A connection to the instance "${instanceId}" was closed before the request was sent: nothing arrived`,
      options,
    )
  }
}

/** Too many requests wait: for a connection to one Instance, or for an Instance of a service. */
export class ClientOverloadedError extends RopewalkError {
  readonly code = 'ERR_CLIENT_OVERLOADED'

  constructor(what: string, queueMax: number) {
    super(
      `${queueMax} requests wait for ${what}: call more slowly, start more instances, or raise connectionsMax or queueMax`,
    )
  }
}

/** The Client was stopped before the request was answered, or before it was made. */
export class ClientStoppedError extends RopewalkError {
  readonly code = 'ERR_CLIENT_STOPPED'

  constructor(options?: ErrorOptions) {
    super('The client has been stopped: make requests only between its start and its stop', options)
  }
}
