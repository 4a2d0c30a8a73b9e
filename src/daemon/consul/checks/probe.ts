import type { CheckStatus } from '../state/rows.ts'

/** What one look at something found. */
export interface Finding {
  readonly status: CheckStatus
  readonly output: string
}

/** Looks once at how something is. Never rejects but with the reason of `signal`; what goes wrong is what it found. */
export type Probe = (signal: AbortSignal) => Promise<Finding>

/** The finding of something that could not be looked at. */
export function critical(output: string): Finding {
  return { status: 'critical', output }
}

/** How a failed connection is said in the words of Go's net package: `dial tcp 127.0.0.1:1: connect: connection refused`. */
export function dialProblem(target: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return `dial tcp ${target}: ${DIAL_PROBLEMS[code] ?? message}`
}

const DIAL_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ABORT_ERR: 'i/o timeout',
  ENOTFOUND: 'no such host',
}
