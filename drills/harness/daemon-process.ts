import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Program, type ProgramOptions } from '../../bench/harness/program.ts'
import type { DaemonInput, Lag, Memory } from '../programs/daemon.ts'
import type { DrillRun } from './drill-run.ts'

/** How a daemon is run in a drill. */
export interface DaemonProcessOptions extends ProgramOptions, DaemonInput {}

/** How often, and with which pauses, a port that was just in use is tried again. */
const BIND_ATTEMPTS = 50
const BIND_PAUSE_MS = 100

/** Spares a daemon that is started again most of its compiling: what the tests have, or else a folder that is safe to delete. */
const COMPILE_CACHE = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'ropewalk-drills-compiled')

/** A registry daemon in a process of its own, which can be killed and started again on its port. */
export class DaemonProcess {
  readonly #options: DaemonProcessOptions
  #program: Program
  #port = 0
  #dnsPort = 0

  private constructor(program: Program, options: DaemonProcessOptions) {
    this.#program = program
    this.#options = options
  }

  /** Starts one, which is gone after the drill. */
  static async start(run: DrillRun, options: DaemonProcessOptions = {}): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(await load(options), options)
    run.after(() => daemon.kill())
    await daemon.#listen()
    return daemon
  }

  get port(): number {
    return this.#port
  }

  /** Where it answers DNS. */
  get dnsPort(): number {
    return this.#dnsPort
  }

  /** What its URLs begin with. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#program.kill()
  }

  /** Starts it again, on its port and with its data; `options` differ from those of before. */
  async restart(options: DaemonProcessOptions = {}): Promise<void> {
    this.#program = await load({ ...this.#options, ...options })
    await this.#listen()
  }

  /** Ends it as a signal would, and waits until it is gone. */
  async stop(): Promise<void> {
    await this.#program.ask('stop')
    await this.#program.close()
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal)
  }

  /** The CPU time it has used so far, in milliseconds. */
  cpuMs(): Promise<number> {
    return this.#program.cpuMs()
  }

  memory(): Promise<Memory> {
    return this.#program.ask('memory')
  }

  /** How late its event loop was since this was last asked for. */
  lag(): Promise<Lag> {
    return this.#program.ask('lag')
  }

  /** What it had to tell, from info on, as `event message`. */
  async events(): Promise<string[]> {
    const events = await this.#program.ask<{ event: string; message: string }[]>('events')
    return events.map(({ event, message }) => `${event} ${message}`)
  }

  /** Its state as a Service. */
  status(): Promise<string> {
    return this.#program.ask('status')
  }

  /** A port that was in use a moment ago may be so for a moment more. */
  async #listen(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#port = await this.#program.ask<number>('start', this.#port)
        this.#dnsPort = await this.#program.ask<number>('dnsPort')
        return
      } catch (error) {
        if (!String(error).includes('ERR_ADDRESS_IN_USE') || attempt === BIND_ATTEMPTS) throw error
        await delay(BIND_PAUSE_MS)
      }
    }
  }
}

/** A folder that is gone after the drill, also when that is interrupted. */
export async function temporaryFolder(run: DrillRun): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-drill-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  run.after(async () => {
    process.off('exit', remove)
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

async function load({ wrap, env, ...options }: DaemonProcessOptions): Promise<Program> {
  const file = new URL('../programs/daemon.ts', import.meta.url)
  return Program.start(file, options, { wrap, env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env } })
}
