import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signalContainer } from '../container.ts'
import type { InstalledEngine } from '../installed-engine.ts'

const TICKS_PER_SECOND = 100
const SAID_CHARACTERS_MAX = 4_000

/** What memory a process has. */
export interface EngineMemory {
  readonly residentBytes: number
  readonly residentBytesMax: number
}

/** One run of an engine's program: from its start to its end. */
export class EngineProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  readonly #container: string | undefined
  #said = ''

  /** Starts it. Its process id is kept in `folder` as long as it runs, for a Guard. */
  static async start(engine: InstalledEngine, args: readonly string[], folder: string): Promise<EngineProcess> {
    const process = new EngineProcess(engine, args)
    const { pid } = process.#child
    const file = join(folder, engine.container ? `${pid}.container` : `${pid}.pid`)
    await writeFile(file, engine.container ?? `${pid}`)
    void process.#gone.then(() => rm(file, { force: true })).catch(() => {})
    return process
  }

  private constructor({ command, args, env, container }: InstalledEngine, own: readonly string[]) {
    this.#child = spawn(command, [...args, ...own], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#container = container
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gone = promise
    this.#child.once('exit', () => resolve())
    this.#child.once('error', error => {
      this.#hear(`${error}`)
      resolve()
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    }
  }

  /** The last it said, on either stream. */
  get said(): string {
    return this.#said
  }

  get ended(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Resolves when the signal has been sent. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    if (this.ended) return
    if (this.#container === undefined) this.#child.kill(signal)
    else await signalContainer(this.#container, signal)
  }

  /** Ends it by `signal` and waits until it is gone; after `limitMs` by force. A paused one goes on first. */
  async end(signal: 'SIGTERM' | 'SIGKILL', limitMs = 10_000): Promise<void> {
    if (this.ended) return
    const force = setTimeout(() => void this.signal('SIGKILL').catch(() => {}), limitMs)
    // Docker refuses a signal to what has just ended.
    await this.signal(signal).catch(() => {})
    if (signal !== 'SIGKILL') await this.signal('SIGCONT').catch(() => {})
    await this.#gone
    clearTimeout(force)
  }

  /** The CPU time it has used so far, in milliseconds, all threads, in steps of 10. Rejects for one in a container. */
  async cpuMs(): Promise<number> {
    if (this.#container !== undefined) throw new Error(`What runs in the container ${this.#container} is not measured`)
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
  }

  /** What memory it has resident, in bytes: now, and at most so far. Rejects for one in a container. */
  async memory(): Promise<EngineMemory> {
    if (this.#container !== undefined) throw new Error(`What runs in the container ${this.#container} is not measured`)
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8')
    const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
    return { residentBytes: bytesOf('VmRSS'), residentBytesMax: bytesOf('VmHWM') }
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-SAID_CHARACTERS_MAX)
  }
}
