import { RopewalkError } from '../../core/error.ts'

/** What was refused, and how. */
export interface ConsulRefusal {
  readonly status: number
  /** Consul's own words. */
  readonly text: string
  /** What was asked: `PUT /v1/agent/service/register`. */
  readonly request: string
}

/** Consul has refused a request for a reason of its own. */
export class ConsulRefusedError extends RopewalkError {
  readonly code = 'ERR_CONSUL_REQUEST_REFUSED'
  readonly status: number
  /** Consul's own words. */
  readonly text: string

  constructor({ status, text, request }: ConsulRefusal) {
    super(`Consul refused ${request} (${status}): ${text.trim().slice(0, 300) || 'without a reason'}`)
    this.status = status
    this.text = text
  }
}

/** The token, or the lack of one, does not allow a request. */
export class ConsulForbiddenError extends RopewalkError {
  readonly code = 'ERR_CONSUL_FORBIDDEN'
  /** Whether Consul knows the token, or none was given: a right is missing. If not, the token itself is wrong. */
  readonly isKnownToken: boolean

  constructor({ text, request }: ConsulRefusal) {
    super(
      `Consul does not allow ${request} (${text.trim().slice(0, 300)}): give a token that has the right, as docs/guide/consul.md lists them`,
    )
    this.isKnownToken = !text.includes('ACL not found')
  }
}

/** What has answered is not Consul, or something between has answered in its place. */
export class ConsulAnswerError extends RopewalkError {
  readonly code = 'ERR_CONSUL_ANSWER'

  constructor(status: number, text: string, options?: ErrorOptions) {
    const begin = JSON.stringify(text.trim().slice(0, 100))
    super(
      `The answer ${begin} (HTTP status ${status}) is not one of Consul's: check that the URL leads to its HTTP port`,
      options,
    )
  }
}
