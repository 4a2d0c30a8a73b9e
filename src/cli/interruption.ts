import { EXIT_STATUS, type ExitStatus, type WithExitStatus } from './exit-status.ts'

/** Why a command was given up: somebody pressed Ctrl-C, terminated it, or nobody reads its output any more. */
export class Interruption extends Error implements WithExitStatus {
  readonly exitStatus: ExitStatus

  constructor(why: string, exitStatus: ExitStatus) {
    super(why)
    this.name = 'Interruption'
    this.exitStatus = exitStatus
  }
}

/**
 * A signal that aborts, with an `Interruption`, on SIGINT or SIGTERM or when the reader of stdout goes away, until it is disposed of.
 * A second signal ends the process at once, as it would have without this.
 */
export function interruption(): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const giveUp = (why: string, status: ExitStatus) => () => controller.abort(new Interruption(why, status))
  const onInterrupt = giveUp('Interrupted', EXIT_STATUS.INTERRUPTED)
  const onTerminate = giveUp('Terminated', EXIT_STATUS.TERMINATED)
  const onOutputError = giveUp('Nobody reads the output', EXIT_STATUS.EX_OK)
  process.once('SIGINT', onInterrupt)
  process.once('SIGTERM', onTerminate)
  process.stdout.on('error', onOutputError)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      process.stdout.off('error', onOutputError)
    },
  }
}
