import { RopewalkError } from '../../core/error.ts'
import { HttpError } from '../../web/errors.ts'

/** The rules of access cannot be read or are not valid. Shows nothing of the file but names and patterns. */
export class AccessRulesError extends RopewalkError {
  readonly code = 'ERR_ACCESS_RULES'

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`The access rules in ${path} cannot be used: ${problem}`, options)
  }
}

/** The token that was shown is none of those in the rules. */
export class TokenUnknownError extends HttpError {
  readonly code = 'ERR_TOKEN_UNKNOWN'
  readonly status = 401

  constructor() {
    super('The token is not known here: it may have been taken out of the rules, or belong to another registry')
  }

  override get headers(): Record<string, string> {
    return { 'www-authenticate': 'Bearer' }
  }
}

/** Who asks writes more often than the rules allow. */
export class WriteRateError extends HttpError {
  readonly code = 'ERR_WRITE_RATE'
  readonly status = 429

  constructor(identity: string) {
    super(
      `${identity} writes more often than the rules of access allow: write less often, or have "writesPerSecond" raised`,
    )
  }

  override get headers(): Record<string, string> {
    return { 'retry-after': '1' }
  }
}

/** Who asks has no right to do so. */
export class ForbiddenError extends HttpError {
  readonly code = 'ERR_FORBIDDEN'
  readonly status = 403

  constructor(identity: string, right: string, name: string) {
    super(`${identity} lacks the right ${right} on "${name}": show a token that has it, or have it added to the rules`)
  }
}
