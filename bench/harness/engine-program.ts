import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../src/cli/up/free-port.ts'
import { findEngine } from '../../tools/engines/find.ts'
import { endProcess } from './program.ts'

const READY_MS_MAX = 20_000
const STOP_MS_MAX = 5_000
const TICKS_PER_SECOND = 100

/** An engine that runs as a process of its own, on the loopback interface. It does not outlive this process. */
export class EngineProgram {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /**
   * Starts the engine `name` with the arguments that `args` makes of a free port, and waits until it accepts connections there.
   * Rejects with `EngineMissingError` when it is not installed.
   */
  static async start(name: string, args: (port: number) => readonly string[]): Promise<EngineProgram> {
    const engine = findEngine(name)
    const port = await freePort()
    const child = spawn(engine.command, [...engine.args, ...args(port)], {
      env: { ...process.env, ...engine.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('exit', () => process.off('exit', kill))
    const said: Buffer[] = []
    child.stderr?.on('data', (chunk: Buffer) => said.length < 64 && said.push(chunk))
    try {
      await accepting(port, child)
    } catch (error) {
      kill()
      throw new Error(`${name} did not start: ${Buffer.concat(said).toString().slice(-500)}`, { cause: error })
    }
    return new EngineProgram(child, port)
  }

  /** The CPU time it has used so far, in milliseconds, all threads, in steps of 10. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
  }

  async close(): Promise<void> {
    await endProcess(this.#child, STOP_MS_MAX)
  }
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(READY_MS_MAX)
  while (!(await accepts(port))) {
    signal.throwIfAborted()
    if (child.exitCode !== null) throw new Error(`It ended with status ${child.exitCode}`)
    await delay(50, undefined, { signal })
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
