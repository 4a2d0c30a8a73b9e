import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/cli/up/free-port.ts'
import { until } from '../adapters/daemon/until.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/consul-compat', import.meta.url))

/** Our own daemon in the place of a Consul agent: a process that can be killed and comes back with its data, or without. */
export class ConsulAgent {
  readonly port: number
  readonly #folder: string
  #child: ChildProcess | undefined

  static async start(): Promise<ConsulAgent> {
    const agent = new ConsulAgent(await freePort(), await mkdtemp(join(tmpdir(), 'ropewalk-consul-api-')))
    await agent.#start()
    return agent
  }

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  /** Kills it, and starts it again; with `empty`, without its data. */
  async restart({ empty }: { empty: boolean }): Promise<void> {
    await this.#kill()
    if (empty) await rm(this.#folder, { recursive: true, force: true })
    await this.#start()
  }

  async stop(): Promise<void> {
    await this.#kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    const args = ['agent', '-data-dir', this.#folder, '-http-port', String(this.port), '-dns-port=-1']
    this.#child = spawn(PROGRAM, args, { stdio: 'ignore' })
    const answers = async () => {
      const answer = await fetch(`http://127.0.0.1:${this.port}/v1/status/leader`).catch(() => undefined)
      return answer?.ok === true
    }
    await until(answers, 'the daemon answers', 60_000)
  }

  async #kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
