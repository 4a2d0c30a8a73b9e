import {
  InstanceConflictError,
  InvalidInstanceError,
  LeaseLostError,
  RegistryUnavailableError,
} from '../../discovery/errors.ts'
import { StoreLimitError } from '../../discovery/store/limits.ts'
import { JournalError } from '../errors.ts'
import { BackendRefusedError, NotHeldHereError } from '../front/errors.ts'

/** The HTTP status of what a Store or its journal refuses; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof InvalidInstanceError) return 400
  if (error instanceof InstanceConflictError) return 409
  if (error instanceof LeaseLostError) return 410
  if (error instanceof NotHeldHereError) return 409
  if (error instanceof BackendRefusedError) return 502
  if (error instanceof JournalError || error instanceof RegistryUnavailableError) return 503
  if (error instanceof StoreLimitError) return 507
  return undefined
}
