import { spawn, type ChildProcess as NodeChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { publish } from '../../core/event.ts'
import { ProcessEndedError } from '../errors.ts'
import { endWithThisProcess, signalProcess } from './process-group.ts'

/** What to run. */
export interface ProcessInit {
  /** The program and its arguments. */
  command: readonly [string, ...string[]]
  /** Where it runs. Default: here. */
  directory?: string | undefined
  /** Its whole environment. Default: this process's. */
  environment?: NodeJS.ProcessEnv | undefined
  /** Takes what it prints. Default: it prints where this process does. */
  output?: { stdout(stream: Readable): void; stderr(stream: Readable): void } | undefined
}

/** How a process ended. */
export interface ProcessEnd {
  /** Its status, or 128 and the number of the signal that ended it, as shells have it. */
  readonly status: number
  /** In words. */
  readonly how: string
}

/**
 * A process that has been started: one life of a `ChildProcess`. It leads a process group of its own, which is killed should this process
 * exit before it.
 */
export class RunningProcess {
  readonly pid: number
  /** Resolves when it has ended. */
  readonly ended: Promise<ProcessEnd>
  #isRunning = true

  private constructor(child: NodeChildProcess, pid: number) {
    this.pid = pid
    this.ended = this.#watch(child)
  }

  /** Rejects with `ProcessEndedError` when there is no such program, or it may not be run. */
  static async start({ command, directory, environment, output }: ProcessInit): Promise<RunningProcess> {
    const [program, ...args] = command
    const stdio = output ? ('pipe' as const) : ('inherit' as const)
    const options = { cwd: directory, env: environment, detached: true } as const
    const child = spawn(program, args, { ...options, stdio: ['ignore', stdio, stdio] })
    try {
      await once(child, 'spawn')
    } catch (error) {
      throw new ProcessEndedError(command.join(' '), 'could not be started', { cause: error })
    }
    if (child.stdout) output?.stdout(child.stdout)
    if (child.stderr) output?.stderr(child.stderr)
    return new RunningProcess(child, child.pid ?? 0)
  }

  /** Asks it to end. Harmless when it has. */
  terminate(): void {
    if (this.#isRunning) signalProcess(this.pid, 'SIGTERM')
  }

  /** Ends it, and all processes of its group, at once. Harmless when it has ended. */
  kill(): void {
    if (this.#isRunning) signalProcess(-this.pid, 'SIGKILL')
  }

  async #watch(child: NodeChildProcess): Promise<ProcessEnd> {
    const letGo = endWithThisProcess(this.pid)
    child.on('error', error => publish('cli', { level: 'warn', event: 'process.error', message: error.message, error }))
    const exited = Promise.withResolvers<[number | null, NodeJS.Signals | null]>()
    child.once('exit', (...exit) => exited.resolve(exit))
    const [status, signal] = await exited.promise
    this.#isRunning = false
    letGo()
    for (const stream of [child.stdout, child.stderr]) (stream as { unref?(): void } | null)?.unref?.()
    if (signal) return { status: 128 + constants.signals[signal], how: `was ended by ${signal}` }
    return { status: status ?? 0, how: `ended with status ${status}` }
  }
}
