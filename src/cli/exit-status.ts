import { CommanderError } from 'commander'
import { EXIT, exitStatusOf as applicationExitStatusOf } from '../application/exit-status.ts'

/** With what status a command ends: those of applications, and what only commands can say. */
export const EXIT_STATUS = {
  ...EXIT,
  /** It was done, and the answer is no. */
  NO: 1,
  /** A file has the wrong content. */
  EX_DATAERR: 65,
  /** A file cannot be read. */
  EX_NOINPUT: 66,
  /** There is no such service, or no such instance. */
  EX_NOHOST: 68,
  /** 128 and the number of the signal, as shells have it. */
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const

/** One of the statuses a command ends with. */
export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS]

/** The statuses as the help shows them. */
export const EXIT_STATUS_HELP = `Exit status:
  0    done
  1    done, and the answer is no (call: HTTP status 400 or above)
  64   wrong command, option or argument
  65   a file has the wrong content
  66   a file cannot be read
  68   no such service or instance
  69   something needed is not there: a port is taken, no instance takes work
  70   a fault in an application or in ropewalk
  75   the registry cannot be reached, or not in time: try again later
  77   not permitted
  78   wrong configuration
  130  interrupted (143: terminated)`

/** An error that says itself with what status the command is to end. */
export interface WithExitStatus {
  readonly exitStatus: ExitStatus
}

/** What means something else to a command than to an application. */
const STATUS_OF_CODE: Readonly<Record<string, ExitStatus>> = {
  ERR_INVALID_INSTANCE: EXIT_STATUS.EX_USAGE,
  ERR_ENDPOINT_SYNTAX: EXIT_STATUS.EX_USAGE,
  ERR_ENDPOINT_SCHEME_UNKNOWN: EXIT_STATUS.EX_USAGE,
  ERR_DNS_ENDPOINT: EXIT_STATUS.EX_USAGE,
  ERR_DNS_SETTING: EXIT_STATUS.EX_USAGE,
  ERR_UNKNOWN_SERVICE: EXIT_STATUS.EX_NOHOST,
  ERR_UNKNOWN_INSTANCE: EXIT_STATUS.EX_NOHOST,
  ERR_AMBIGUOUS_INSTANCE: EXIT_STATUS.EX_USAGE,
  ERR_NO_INSTANCE: EXIT_STATUS.EX_UNAVAILABLE,
}

/** What a registry daemon says to who may not do what was asked. */
const REFUSALS: ReadonlySet<unknown> = new Set(['ERR_TOKEN_UNKNOWN', 'ERR_FORBIDDEN', 'ERR_LEASE_REQUIRED'])

/** The status that fits `error`: what it says itself, or what an application would end with. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_STATUS.EX_OK : EXIT_STATUS.EX_USAGE
  if (!(error instanceof Error)) return EXIT_STATUS.EX_SOFTWARE
  if ('daemonCode' in error && REFUSALS.has(error.daemonCode)) return EXIT_STATUS.EX_NOPERM
  if ('exitStatus' in error && typeof error.exitStatus === 'number') return error.exitStatus
  return STATUS_OF_CODE[String('code' in error && error.code)] ?? applicationExitStatusOf(error)
}
