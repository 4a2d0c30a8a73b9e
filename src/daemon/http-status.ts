import { ProtocolError } from '../protocol/errors.ts'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../discovery/errors.ts'
import { StoreLimitError } from '../discovery/store/limits.ts'
import { JournalError } from './errors.ts'

/** The HTTP status that says what a registry's error says; undefined for an error nobody foresaw. */
export function httpStatusOf(error: unknown): number | undefined {
  if (error instanceof InvalidInstanceError || error instanceof ProtocolError) return 400
  if (error instanceof LeaseLostError) return 404
  if (error instanceof InstanceConflictError) return 409
  if (error instanceof JournalError) return 503
  if (error instanceof StoreLimitError) return 507
  return undefined
}
