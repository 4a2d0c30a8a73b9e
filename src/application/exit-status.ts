import { RopewalkError } from '../core/error.ts'

/** What a process tells its caller about how it ended, as in `sysexits.h`. */
export const EXIT = {
  /** All went well. */
  EX_OK: 0,
  /** The command line was wrong. */
  EX_USAGE: 64,
  /** Something it needs is not there: a port is taken, a peer cannot be reached. */
  EX_UNAVAILABLE: 69,
  /** Something failed in the program itself. */
  EX_SOFTWARE: 70,
  /** It may well succeed when tried again later. */
  EX_TEMPFAIL: 75,
  /** It may not do what it has to: a privileged port, a file. */
  EX_NOPERM: 77,
  /** What it was configured with is wrong: trying again without a change is of no use. */
  EX_CONFIG: 78,
} as const

/** One of the exit statuses of `EXIT`. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

const STATUSES: ReadonlySet<unknown> = new Set(Object.values(EXIT))

/** By the codes of Ropewalk's errors. */
const BY_OWN_CODE: readonly Rule[] = [
  [
    /^ERR_(INVALID|DUPLICATE|ENDPOINT|CERTIFICATE|INSECURE|SOCKET_PATH|UNKNOWN_SIBLING|PACKAGE_MISSING)/,
    EXIT.EX_CONFIG,
  ],
  [/^ERR_LISTEN_PERMISSION$/, EXIT.EX_NOPERM],
  [/^ERR_REGISTRY_UNAVAILABLE$/, EXIT.EX_TEMPFAIL],
  [/^ERR_(ADDRESS_IN_USE|LISTEN_FAILED|INTERFACE_UNAVAILABLE|CONNECT_FAILED|CONNECT_TIMEOUT)$/, EXIT.EX_UNAVAILABLE],
]

/** By the codes of the system's errors. */
const BY_SYSTEM_CODE: readonly Rule[] = [
  [/^EACCES$|^EPERM$/, EXIT.EX_NOPERM],
  [/^ETIMEDOUT$|^EAI_AGAIN$/, EXIT.EX_TEMPFAIL],
  [/^EADDR|^ECONN|^EHOSTUNREACH$|^ENETUNREACH$|^ENOTFOUND$/, EXIT.EX_UNAVAILABLE],
]

/** The codes it is for, and what the process then ends with. */
type Rule = readonly [codes: RegExp, status: ExitStatus]

/**
 * The exit status for what went wrong. Asks the error and then its causes, the nearest first: one may say so itself, in a field
 * `exitStatus`; else its `code` does. `EX_SOFTWARE` when none of them knows.
 */
export function exitStatusOf(error: unknown): ExitStatus {
  return (
    causesOf(error)
      .map(ownExitStatus)
      .find(status => status !== undefined) ?? EXIT.EX_SOFTWARE
  )
}

function ownExitStatus(error: Error & { exitStatus?: unknown; code?: unknown }): ExitStatus | undefined {
  const { exitStatus, code } = error
  if (STATUSES.has(exitStatus)) return exitStatus as ExitStatus
  const rules = error instanceof RopewalkError ? BY_OWN_CODE : BY_SYSTEM_CODE
  return rules.find(([codes]) => typeof code === 'string' && codes.test(code))?.[1]
}

/** It and its causes, the nearest first. Ends at a loop. */
function causesOf(error: unknown): Error[] {
  const causes = new Set<Error>()
  for (let cause = error; cause instanceof Error && !causes.has(cause); cause = cause.cause) causes.add(cause)
  return [...causes]
}
