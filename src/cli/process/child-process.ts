import { BaseService, type BaseServiceOptions } from '../../application/base-service.ts'
import type { PhaseContext } from '../../application/phase.ts'
import { abortable } from '../../core/abort.ts'
import { publish } from '../../core/event.ts'
import { ProcessEndedError } from '../errors.ts'
import { type ProcessInit, RunningProcess } from './running-process.ts'

/** A process and how to tell that it is ready. */
export interface ChildProcessOptions extends BaseServiceOptions, ProcessInit {
  /** Waits until it does its work; the signal aborts when there is no more use in waiting. Default: it is ready once it runs. */
  untilReady?: ((options: { signal: AbortSignal }) => Promise<void>) | undefined
  /** Endpoint URLs it serves, for a Registrant that covers it. Default: none. */
  endpoints?: readonly string[]
}

/**
 * A process of the operating system as a Service. It fails with `ProcessEndedError` when the process ends by itself, whatever its status,
 * so that the parent's restart policy applies. It is stopped by SIGTERM and, at the deadline, by SIGKILL to it and to the processes it has
 * started: it leads a process group of its own, so that Ctrl-C reaches it only through the order of the tree.
 */
export class ChildProcess extends BaseService {
  readonly endpoints: readonly string[]
  readonly #options: ChildProcessOptions
  #process: RunningProcess | undefined
  #exitStatus: number | undefined
  #failure: Promise<ProcessEndedError | undefined> | undefined

  constructor(name: string, options: ChildProcessOptions) {
    super(name, options)
    this.#options = options
    this.endpoints = options.endpoints ?? []
  }

  /** The id of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** What it ended with when it last did so without being told to; undefined if it never did. */
  get exitStatus(): number | undefined {
    return this.#exitStatus
  }

  /** Resolves when the process that runs now ends: with the reason, or undefined when it was told to. At once when none has run yet. */
  async ended(): Promise<ProcessEndedError | undefined> {
    return this.#failure
  }

  protected override async onStart({ signal }: PhaseContext): Promise<void> {
    const running = await RunningProcess.start(this.#options)
    this.#process = running
    const message = `${this.name} runs as process ${running.pid}`
    publish('cli', { level: 'debug', event: 'process.started', message, process: this.name, pid: running.pid })
    const failure = this.#failureOf(running)
    this.#failure = failure
    await this.#untilReady(failure, signal)
    void failure.then(error => error && this.fail(error))
  }

  protected override async onStop({ signal }: PhaseContext): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (!running) return
    const kill = () => running.kill()
    signal.addEventListener('abort', kill, { once: true })
    if (signal.aborted) kill()
    running.terminate()
    await running.ended
    signal.removeEventListener('abort', kill)
  }

  /** Resolves when the process has ended: with an error unless it was told to. */
  async #failureOf(running: RunningProcess): Promise<ProcessEndedError | undefined> {
    const { status, how } = await running.ended
    if (this.#process !== running) return undefined
    this.#process = undefined
    this.#exitStatus = status
    return new ProcessEndedError(this.#options.command.join(' '), how)
  }

  async #untilReady(failure: Promise<ProcessEndedError | undefined>, signal: AbortSignal): Promise<void> {
    const { untilReady } = this.#options
    const waiting = new AbortController()
    const ended = failure.then(error => Promise.reject(error ?? signal.reason))
    try {
      const ready = untilReady?.({ signal: AbortSignal.any([signal, waiting.signal]) })
      await abortable(Promise.race([ready, ended]), signal)
    } finally {
      waiting.abort()
      ended.catch(() => undefined)
    }
  }
}
