import { RopewalkError } from '../../core/error.ts'

/** The file of instances cannot be read, or what is in it is not as it must be. */
export class InstanceFileError extends RopewalkError {
  readonly code = 'ERR_INSTANCE_FILE'

  constructor(path: string, cause: unknown) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    super(`The file of instances ${path} cannot be used: ${problem}. Until it is mended, what it said before counts`, {
      cause,
    })
  }
}
