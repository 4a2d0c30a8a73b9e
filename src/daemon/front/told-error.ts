import { TimeLimit } from '../../core/abort.ts'
import {
  InstanceConflictError,
  InvalidInstanceError,
  LeaseLostError,
  RegistryUnavailableError,
} from '../../discovery/errors.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import { BackendRefusedError } from './errors.ts'

/** What every Registry may say, and is passed on as it is. */
const PASSED_ON = [
  InstanceConflictError,
  InvalidInstanceError,
  LeaseLostError,
  RegistryUnavailableError,
  StoreLimitError,
] as const

/** What the clients of a front are told of an error of the registry behind it at `url`. */
export function toldError(url: string, error: Error): Error {
  if (PASSED_ON.some(kind => error instanceof kind)) return error
  if (error instanceof TimeLimit) return new RegistryUnavailableError(url, { cause: error })
  return new BackendRefusedError(url, { cause: error })
}
