import { RopewalkError } from '../core/error.ts'
import type { Phase } from './phase.ts'

/** What went wrong with one service of a tree. */
export interface ServiceFailure {
  readonly path: string
  readonly error: unknown
}

/** A service could not be started; everything that had started with it was stopped again. */
export class StartFailedError extends RopewalkError {
  readonly code = 'ERR_START_FAILED'
  /** Which service. */
  readonly path: string
  /** What could not be undone either; empty as a rule. */
  rollback: readonly ServiceFailure[] = []

  constructor(path: string, phase: Phase, cause: unknown) {
    super(`${path} could not be started, in its ${phase} phase: ${messageOf(cause)}`, { cause })
    this.path = path
  }
}

/** Some services could not be stopped. All the others were; `errors` has what went wrong, in the order of `failures`. */
export class StopFailedError extends AggregateError {
  readonly code = 'ERR_STOP_FAILED'
  /** Each service that could not be stopped, with the reason. */
  readonly failures: readonly ServiceFailure[]

  constructor(failures: readonly ServiceFailure[], options?: ErrorOptions) {
    const list = failures.map(({ path, error }) => `${path} (${messageOf(error)})`).join(', ')
    super(
      failures.map(({ error }) => error),
      `${failures.length} of the services could not be stopped: ${list}`,
      options,
    )
    this.name = new.target.name
    this.failures = failures
  }
}

/** A hook of a service did not settle after it was told to, and was abandoned; it may still run. */
export class ServiceHungError extends RopewalkError {
  readonly code = 'ERR_SERVICE_HUNG'
  /** Which service. */
  readonly path: string

  constructor(path: string, phase: Phase) {
    super(
      `${path} hangs in its ${phase} phase although its signal has aborted: make the hook settle when context.signal aborts`,
    )
    this.path = path
  }
}

/** A hook asked for a change of the tree that waits for the hook. */
export class SelfWaitError extends RopewalkError {
  readonly code = 'ERR_SELF_WAIT'
  /** Whose hook. */
  readonly path: string

  constructor(path: string, phase: Phase) {
    super(
      `The ${phase} hook of ${path} asks for a change of the tree whose change it is part of, which could not begin before the hook ends: ask when it has ended`,
    )
    this.path = path
  }
}

/** A service failed more often than its parent's restart policy allows. */
export class RestartLimitError extends RopewalkError {
  readonly code = 'ERR_RESTART_LIMIT'
  /** Which service. */
  readonly path: string

  constructor(path: string, limit: { maxRestarts: number; windowMs: number }, cause: unknown) {
    const { maxRestarts, windowMs } = limit
    super(
      `${path} failed again after ${maxRestarts} restarts of it and its siblings within ${windowMs} ms: ${messageOf(cause)}`,
      { cause },
    )
    this.path = path
  }
}

/** A service was not started because one it has to come after has failed. */
export class DependencyFailedError extends RopewalkError {
  readonly code = 'ERR_DEPENDENCY_FAILED'

  constructor(path: string, dependency: string, cause: unknown) {
    super(`${path} was not started because ${dependency}, which it comes after, has failed`, { cause })
  }
}

/** The name of a service cannot be a part of a path. */
export class InvalidNameError extends RopewalkError {
  readonly code = 'ERR_INVALID_NAME'

  constructor(name: unknown) {
    super(
      `A service cannot be called ${JSON.stringify(name)}: give it a name of at least one character and without "/"`,
    )
  }
}

/** Two siblings would have the same name. */
export class DuplicateNameError extends RopewalkError {
  readonly code = 'ERR_DUPLICATE_NAME'

  constructor(parentPath: string, name: string) {
    super(`${parentPath} has a child called "${name}" already: give one of them another name, or remove it first`)
  }
}

/** A service to come after or before is not where it would have to be. */
export class UnknownSiblingError extends RopewalkError {
  readonly code = 'ERR_UNKNOWN_SIBLING'

  constructor(path: string, sibling: string, where: string) {
    super(`${path} names "${sibling}", which is no ${where}: correct the name or the order of the list`)
  }
}

/** A service is to become a child but is the child of another, or is its own ancestor. */
export class HasParentError extends RopewalkError {
  readonly code = 'ERR_HAS_PARENT'

  constructor(path: string, parentPath: string) {
    super(`${path} cannot become a child of ${parentPath}: a service has one parent and no loops; move it instead`)
  }
}

/** A service is to be removed or moved but is no child of that MultiService. */
export class NotAChildError extends RopewalkError {
  readonly code = 'ERR_NOT_A_CHILD'

  constructor(parentPath: string, name: string) {
    super(`${parentPath} has no child "${name}"`)
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
