import { RopewalkError } from '../core/error.ts'

/** A field of an Instance is missing or out of its limits. */
export class InvalidInstanceError extends RopewalkError {
  readonly code = 'ERR_INVALID_INSTANCE'
  /** Which field. */
  readonly field: string

  constructor(field: string, value: unknown, expected: string) {
    super(`The instance's ${field} is ${JSON.stringify(value)?.slice(0, 100)}: it must be ${expected}`)
    this.field = field
  }
}

/** Another live process has registered the same id under the same service name. */
export class InstanceConflictError extends RopewalkError {
  readonly code = 'ERR_INSTANCE_CONFLICT'

  constructor(serviceName: string, id: string, options?: ErrorOptions) {
    super(
      `The instance "${id}" of "${serviceName}" is registered by another live process: give this one an id of its own, or stop the other`,
      options,
    )
  }
}

/** The claim on an Instance has lapsed or was taken away. */
export class LeaseLostError extends RopewalkError {
  readonly code = 'ERR_LEASE_LOST'

  constructor(serviceName: string, id: string, options?: ErrorOptions) {
    super(
      `The lease on instance "${id}" of "${serviceName}" is gone (it lapsed, or somebody removed the instance): register again`,
      options,
    )
  }
}

/** The registry could not be reached, or not in time. */
export class RegistryUnavailableError extends RopewalkError {
  readonly code = 'ERR_REGISTRY_UNAVAILABLE'

  constructor(registry: string, options?: ErrorOptions) {
    super(`The registry ${registry} cannot be reached: check that it runs and that the URL is right`, options)
  }
}

/** The Registry object was closed while, or before, it was used. */
export class RegistryClosedError extends RopewalkError {
  readonly code = 'ERR_REGISTRY_CLOSED'

  constructor(options?: ErrorOptions) {
    super(
      'The registry was closed by this process: use it only between the start and the stop of what owns it',
      options,
    )
  }
}

/** The registry is only read by Ropewalk: somebody else fills it. */
export class RegistryReadOnlyError extends RopewalkError {
  readonly code = 'ERR_REGISTRY_READ_ONLY'

  /** `advice` says how an instance gets there. */
  constructor(registry: string, id: string, advice: string) {
    super(`The instance "${id}" cannot be registered with ${registry}, which is only read: ${advice}`)
  }
}

/** A list of instances that somebody wrote is not as it must be. */
export class InvalidInstanceListError extends RopewalkError {
  readonly code = 'ERR_INVALID_INSTANCE_LIST'
  /** Where in it: `users[2]`; empty for the whole. */
  readonly path: string

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`The list of instances is wrong: ${path || 'it'} ${problem}`, options)
    this.path = path
  }
}
