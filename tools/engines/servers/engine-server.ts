import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { findEngine } from '../find.ts'
import { type EngineMemory, EngineProcess } from './engine-process.ts'
import { Guard } from './guard.ts'

const READY_MS_MAX = 90_000
const POLL_MS = 50
const STARTS_MAX = 3

/** Where a server is: its ports on 127.0.0.1, by what they are for, and a folder of its own. */
export interface Place<Port extends string = string> {
  readonly ports: Readonly<Record<Port, number>>
  /** For files of configuration; survives restarts. */
  readonly folder: string
  /** For what the server keeps; a restart may empty it. */
  readonly data: string
}

/** How a kind of engine is made a server. */
export interface ServerPlan<Port extends string = string> {
  /** Its name in the table of engines. */
  readonly engine: string
  /** The ports it needs, by what they are for. */
  readonly ports: readonly Port[]
  /** The arguments to start it with; writes the files that they name. Called before each start. */
  arguments(place: Place<Port>): Promise<readonly string[]>
  /** Whether it serves; rejects or answers `false` while it does not. */
  isReady(place: Place<Port>, signal: AbortSignal): Promise<boolean>
}

/**
 * An engine that runs on 127.0.0.1 with its data in a temporary folder, for tests, benchmarks and the demo. It neither outlives this process,
 * however that ends, nor leaves anything behind. One call at a time.
 */
export class EngineServer<Port extends string = string> implements AsyncDisposable {
  readonly #plan: ServerPlan<Port>
  readonly #guard: Guard
  readonly #place: Place<Port>
  #process: EngineProcess | undefined

  /** Starts it, and resolves when it serves. Rejects with `EngineMissingError` when the engine is not installed. */
  static async start<Port extends string>(plan: ServerPlan<Port>): Promise<EngineServer<Port>> {
    for (let starts = 1; ; starts++) {
      const server = await EngineServer.prepare(plan)
      try {
        await server.restart()
        return server
      } catch (error) {
        await server.stop()
        if (!mayStartAgain(error, starts)) throw error
      }
    }
  }

  /** Gives it ports and a folder, and does not start it yet: `restart()` does. */
  static async prepare<Port extends string>(plan: ServerPlan<Port>): Promise<EngineServer<Port>> {
    findEngine(plan.engine)
    const ports = {} as Record<Port, number>
    for (const port of plan.ports) ports[port] = await freePort()
    const folder = await mkdtemp(join(tmpdir(), `ropewalk-${plan.engine}-`))
    return new EngineServer(plan, { ports, folder, data: join(folder, 'data') })
  }

  private constructor(plan: ServerPlan<Port>, place: Place<Port>) {
    this.#plan = plan
    this.#place = place
    this.#guard = new Guard(place.folder)
  }

  /** Its ports on 127.0.0.1, by what they are for. They stay the same in a restart. */
  get ports(): Readonly<Record<Port, number>> {
    return this.#place.ports
  }

  /** A folder of its own, for configuration. */
  get folder(): string {
    return this.#place.folder
  }

  get running(): boolean {
    return this.#process !== undefined && !this.#process.ended
  }

  /** Ends it without a warning, as a loss of power does, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL')
  }

  /** Stops it in its tracks: connections stay open, nothing is answered. */
  async pause(): Promise<void> {
    await this.#process?.signal('SIGSTOP')
  }

  /** Lets it go on after `pause()`. */
  async resume(): Promise<void> {
    await this.#process?.signal('SIGCONT')
  }

  /** Starts it, killed before if it runs, on the same ports; with its data, or without. Resolves when it serves. */
  async restart({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await this.begin({ empty })
    await this.untilReady()
  }

  /** As `restart`, but does not wait until it serves. */
  async begin({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await this.kill()
    if (empty) await rm(this.#place.data, { recursive: true, force: true })
    await mkdir(this.#place.data, { recursive: true })
    const args = await this.#plan.arguments(this.#place)
    this.#process = await EngineProcess.start(findEngine(this.#plan.engine), args, this.#place.folder)
  }

  /** Resolves when it serves. Rejects when it ends before that, or does not within 90 s. */
  async untilReady(): Promise<void> {
    const signal = AbortSignal.timeout(READY_MS_MAX)
    while (!(await this.#isReady(signal))) {
      if (!this.running) throw new EndedEarly(this.#tell('ended before it served'))
      if (signal.aborted) throw new Error(this.#tell(`did not serve within ${READY_MS_MAX} ms`))
      await delay(POLL_MS)
    }
  }

  /** Ends it, asked first, and removes its folder. */
  async stop(): Promise<void> {
    await this.#process?.end('SIGTERM')
    await this.#guard[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** The CPU time that the present process has used so far, in milliseconds, all threads, in steps of 10. */
  async cpuMs(): Promise<number> {
    return (await this.#process?.cpuMs()) ?? 0
  }

  /** What memory the present process has resident, in bytes: now, and at most so far. */
  async memory(): Promise<EngineMemory> {
    return (await this.#process?.memory()) ?? { residentBytes: 0, residentBytesMax: 0 }
  }

  async #isReady(signal: AbortSignal): Promise<boolean> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)])
    return this.#plan.isReady(this.#place, limit).catch(() => false)
  }

  #tell(what: string): string {
    return `${this.#plan.engine} ${what}. It said: ${this.#process?.said.trim() || 'nothing'}`
  }
}

/** It ended by itself: perhaps somebody took one of its ports. */
class EndedEarly extends Error {}

/** Whether another start, with other ports, may succeed where so many have failed, the last with `error`. */
export function mayStartAgain(error: unknown, starts: number): boolean {
  return error instanceof EndedEarly && starts < STARTS_MAX
}
