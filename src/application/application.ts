import type { Random } from '../core/random.ts'
import type { Clock } from '../core/clock.ts'
import { type ExitStatus, exitStatusOf } from './exit-status.ts'
import { type ChildInit, MultiService } from './multi-service.ts'
import { ownNode } from './node-of.ts'
import type { RestartPolicy } from './restart-policy.ts'
import type { Service } from './service.ts'
import type { FailurePolicy } from './supervisor.ts'

/** What an Application is told; clock and deadline are its whole tree's, unless a part has its own. */
export interface ApplicationOptions {
  /** Default: the system's. */
  clock?: Clock | undefined
  /** Default: the system's. */
  random?: Random | undefined
  /** How long a way down may take unless `stop` says otherwise, in milliseconds. Default 10,000. */
  deadlineMs?: number | undefined
  /** Whether children that do not say what they come after start at the same time. Default false. */
  parallel?: boolean | undefined
  /** Whether it goes on without a child that cannot be kept up. Default `abort`: it stops as failed. */
  failurePolicy?: FailurePolicy | undefined
  /** How children that fail are started again. */
  restart?: RestartPolicy | undefined
}

/**
 * The root of a tree of Services: what a program is. When what fails in it cannot be mended it stops and is `failed`. Run one in the foreground,
 * with signals and exit status, by `run(application)` or `ropewalk run`; start and stop it by hand in a test.
 */
export class Application extends MultiService {
  constructor(name: string, children: readonly (Service | ChildInit)[] = [], options: ApplicationOptions = {}) {
    super(name, children, options)
  }

  /** What it failed with; undefined when it did not, or was started again since. */
  get error(): unknown {
    return this[ownNode].error
  }

  /** What the process should end with, as things stand: 0 unless it failed. */
  get exitStatus(): ExitStatus {
    return this.error === undefined ? 0 : exitStatusOf(this.error)
  }
}
