import { type ErrorCode, RopewalkError } from '../core/error.ts'

/** Parent of the errors that are an answer: thrown by a handler, they become its status and `{"error": {"code", "message"}}`. */
export abstract class HttpError extends RopewalkError {
  abstract override readonly code: ErrorCode
  abstract readonly status: number
  /** Header fields the answer must carry. */
  get headers(): Record<string, string> {
    return {}
  }
}

/** The request makes no sense; the message says what is wrong with it. */
export class BadRequestError extends HttpError {
  readonly code = 'ERR_BAD_REQUEST'
  readonly status = 400
}

/** There is nothing at the path of the request. */
export class NotFoundError extends HttpError {
  readonly code = 'ERR_NOT_FOUND'
  readonly status = 404
}

/** There is something at the path, but it does not take the method; `Allow` says which it takes. */
export class MethodNotAllowedError extends HttpError {
  readonly code = 'ERR_METHOD_NOT_ALLOWED'
  readonly status = 405
  readonly allowed: readonly string[]

  constructor(method: string, allowed: readonly string[]) {
    super(`The method ${method} is not allowed here: use ${allowed.join(', ')}`)
    this.allowed = allowed
  }

  override get headers(): Record<string, string> {
    return { allow: this.allowed.join(', ') }
  }
}

/** The body of a request is longer than it may be. */
export class BodyTooLargeError extends HttpError {
  readonly code = 'ERR_BODY_TOO_LARGE'
  readonly status = 413

  constructor(bodyBytesMax: number) {
    super(`The body is longer than the ${bodyBytesMax} bytes it may have`)
  }
}

/** Too much of long bodies is under way already, of all clients together. */
export class BodiesTooManyError extends HttpError {
  readonly code = 'ERR_TOO_MANY_BODIES'
  readonly status = 503

  constructor() {
    super('Too many long bodies are under way, of all clients together: send this one again later')
  }

  override get headers(): Record<string, string> {
    return { 'retry-after': '1' }
  }
}

/** The body of a request is not JSON. */
export class BodyInvalidError extends HttpError {
  readonly code = 'ERR_BODY_INVALID'
  readonly status = 400

  constructor(options: { cause: unknown }) {
    super(`The body is not JSON: ${options.cause instanceof Error ? options.cause.message : 'unreadable'}`, options)
  }
}

/** The client went away in the middle of its request; nobody reads the answer. */
export class ClientGoneError extends HttpError {
  readonly code = 'ERR_CLIENT_GONE'
  readonly status = 400

  constructor() {
    super('The client closed the connection before the exchange was complete')
  }
}

/** What a client is told when a handler failed in a way nobody foresaw: nothing, because an error's text may hold secrets. */
export class InternalError extends HttpError {
  readonly code = 'ERR_INTERNAL'
  readonly status = 500

  constructor() {
    super('Something went wrong here; the log says more')
  }
}

/** A function was given to a Site that is not a `(Request) => Response` function, such as an Express application. */
export class InvalidHandlerError extends RopewalkError {
  readonly code = 'ERR_INVALID_HANDLER'

  constructor(parameters: number) {
    super(
      `A Site's function takes one Request and returns a Response, but this one takes ${parameters} parameters: ` +
        'give a (request, response) function as nodeHandler(fn), an Express application as expressHandler(app)',
    )
  }
}
