import { RopewalkError } from '../../core/error.ts'

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
