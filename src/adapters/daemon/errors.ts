import { RopewalkError } from '../../core/error.ts'
import type { Instance } from '../../discovery/instance.ts'

/** The connection of a session with the registry daemon was lost, or refused by the daemon. */
export class SessionEndedError extends RopewalkError {
  readonly code = 'ERR_SESSION_ENDED'

  constructor({ code, reason }: { code: number; reason: string }) {
    super(
      `The connection to the registry daemon has ended (${code}${reason && `: ${reason}`}); it is made anew by itself`,
    )
  }
}

/** The registry daemon has refused a request for a reason of its own, such as a limit or its disk. */
export class RegistryRefusedError extends RopewalkError {
  readonly code = 'ERR_REGISTRY_REFUSED'
  /** The daemon's own code for it, as in docs/reference/errors.md. */
  readonly daemonCode: string

  constructor({ code, message }: { code: string; message: string }, options?: ErrorOptions) {
    super(`The registry daemon refused (${code}): ${message}`, options)
    this.daemonCode = code
  }
}

/** No service has an instance of that id. */
export class UnknownInstanceError extends RopewalkError {
  readonly code = 'ERR_UNKNOWN_INSTANCE'

  constructor(id: string, options?: ErrorOptions) {
    super(`There is no instance "${id}": it may have left; "ropewalk instances NAME" shows those of a service`, options)
  }
}

/** Several services have an instance of that id. */
export class AmbiguousInstanceError extends RopewalkError {
  readonly code = 'ERR_AMBIGUOUS_INSTANCE'

  constructor(id: string, found: readonly Instance[]) {
    const names = found.map(({ serviceName }) => serviceName).join(', ')
    super(`Several services have an instance "${id}" (${names}): name the service`)
  }
}
