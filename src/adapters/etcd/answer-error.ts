import {
  EtcdAccessError,
  EtcdCertificateError,
  EtcdLeaseNotFoundError,
  EtcdNodeError,
  EtcdRefusedError,
  EtcdSpaceError,
  EtcdTokenError,
} from './errors.ts'
import type { ErrorAnswer } from './messages.ts'

/** Status codes of gRPC. */
const CANCELLED = 1
const DEADLINE_EXCEEDED = 4
const NOT_FOUND = 5
const PERMISSION_DENIED = 7
const RESOURCE_EXHAUSTED = 8
const UNAVAILABLE = 14
const UNAUTHENTICATED = 16

/** What etcd says when the token is out of date: the first when it has expired, the second when rights were changed meanwhile. */
const TOKEN_PROBLEMS = ['invalid auth token', 'revision of auth store is old', 'auth: revision in header is old']

/** What it says, under the code of a wrong argument, when it wants a user, or another one. */
const ACCESS_PROBLEMS = ['user name is empty', 'authentication failed']

/** What it says, under no code, when it wants a user and the certificate names another. */
const CERTIFICATE_PROBLEM = 'CommonName of client'

/** The error for what the etcd node or system `etcd` has answered. */
export function answerError(etcd: string, { code = 0, message = '' }: ErrorAnswer): Error {
  const says = (problem: string) => message.includes(problem)
  if (code === UNAUTHENTICATED || TOKEN_PROBLEMS.some(says)) return new EtcdTokenError(etcd, message)
  if (code === PERMISSION_DENIED || ACCESS_PROBLEMS.some(says)) return new EtcdAccessError(etcd, message)
  if (says(CERTIFICATE_PROBLEM)) return new EtcdCertificateError(etcd)
  if (code === RESOURCE_EXHAUSTED && says('space exceeded')) return new EtcdSpaceError(etcd)
  if (code === NOT_FOUND && says('lease not found')) return new EtcdLeaseNotFoundError(etcd)
  if (isPassing(code)) return new EtcdNodeError(etcd, message)
  return new EtcdRefusedError(etcd, { code, message })
}

/** The error for the reason etcd gave for the end of a watch: `rpc error: code = PermissionDenied desc = etcdserver: permission denied`. */
export function cancelError(etcd: string, reason: string): Error {
  const [, name = '', message = reason] = /code = (\w+) desc = (.*)/s.exec(reason) ?? []
  return answerError(etcd, {
    code: CODES[name] ?? (reason === '' || /leader|timed out/.test(reason) ? UNAVAILABLE : 0),
    message,
  })
}

/** By the names that the reasons have them under. */
const CODES: Readonly<Record<string, number>> = {
  PermissionDenied: PERMISSION_DENIED,
  Unauthenticated: UNAUTHENTICATED,
  Unavailable: UNAVAILABLE,
}

/** Whether it may be otherwise at another node, or in a moment: no leader, a new leader, too many requests, too slow. */
function isPassing(code: number): boolean {
  return [CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE].includes(code)
}
