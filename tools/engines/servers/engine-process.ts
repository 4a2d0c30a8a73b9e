import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstalledEngine } from '../find.ts'

const TICKS_PER_SECOND = 100
const SAID_CHARACTERS_MAX = 4_000

/** One run of an engine's program: from its start to its end. */
export class EngineProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  #said = ''

  /** Starts it. Its process id is kept in `folder` as long as it runs, for a Guard. */
  static async start(engine: InstalledEngine, args: readonly string[], folder: string): Promise<EngineProcess> {
    const process = new EngineProcess(engine, args)
    const file = join(folder, `${process.#child.pid}.pid`)
    await writeFile(file, `${process.#child.pid}`)
    void process.#gone.then(() => rm(file, { force: true })).catch(() => {})
    return process
  }

  private constructor({ command, args, env }: InstalledEngine, own: readonly string[]) {
    this.#child = spawn(command, [...args, ...own], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
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

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it by `signal` and waits until it is gone; after `limitMs` by force. A paused one goes on first. */
  async end(signal: 'SIGTERM' | 'SIGKILL', limitMs = 10_000): Promise<void> {
    if (this.ended) return
    const force = setTimeout(() => this.#child.kill('SIGKILL'), limitMs)
    this.#child.kill(signal)
    this.#child.kill('SIGCONT')
    await this.#gone
    clearTimeout(force)
  }

  /** The CPU time it has used so far, in milliseconds, all threads, in steps of 10. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-SAID_CHARACTERS_MAX)
  }
}
