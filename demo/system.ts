import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../src/cli/up/free-port.ts'
import { DemoProcess } from './demo-process.ts'

/** The services of the demo. */
export type ServiceName = 'users' | 'orders'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** The registry daemon, the instances and the load generator: all processes of their own. */
export class DemoSystem {
  readonly folder: string
  readonly #port: number
  readonly #data: string
  readonly #env: Record<string, string>
  readonly #instances = new Map<ServiceName, DemoProcess[]>([
    ['users', []],
    ['orders', []],
  ])
  /** Every process there ever was, for the tally. */
  readonly processes: DemoProcess[] = []
  #registry: DemoProcess | undefined

  static async create(): Promise<DemoSystem> {
    return new DemoSystem(await mkdtemp(join(tmpdir(), 'ropewalk-demo-')), await freePort())
  }

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.#port = port
    this.#data = join(folder, 'registry')
    this.#env = { ROPEWALK_REGISTRY: `ropewalk://127.0.0.1:${port}`, ROPEWALK_LOG: 'warn', NODE_NO_WARNINGS: '1' }
  }

  instances(serviceName: ServiceName): readonly DemoProcess[] {
    return this.#instances.get(serviceName) ?? []
  }

  async startRegistry(): Promise<void> {
    const listen = `tcp:${this.#port}:interface=127.0.0.1`
    this.#registry = this.#spawn('registry', ['registry', '--listen', listen, '--data', this.#data])
    await this.#untilListening()
  }

  /** SIGKILL. */
  async killRegistry(): Promise<void> {
    await this.#registry?.stop('SIGKILL')
  }

  async forgetRegistryData(): Promise<void> {
    await rm(this.#data, { recursive: true, force: true })
  }

  /** Starts one more instance; resolves when its callers can find it. */
  async startInstance(serviceName: ServiceName, env: Record<string, string> = {}): Promise<DemoProcess> {
    const instance = this.#spawn(serviceName, ['run', here(`./${serviceName}.ts`)], env)
    this.#instances.get(serviceName)?.push(instance)
    await instance.untilTold('registered')
    return instance
  }

  async stopInstance(serviceName: ServiceName, instance: DemoProcess, signal?: NodeJS.Signals): Promise<void> {
    await instance.stop(signal)
    this.#instances.set(
      serviceName,
      this.instances(serviceName).filter(other => other !== instance),
    )
  }

  startLoad(perSecond: number): DemoProcess {
    return this.#spawn('load', ['run', here('./load.ts')], { REQUESTS_PER_SECOND: `${perSecond}` })
  }

  /** Ends every process that is left and removes the data. */
  async stop(): Promise<void> {
    const running = this.processes.filter(each => !each.exited && each !== this.#registry)
    await Promise.all(running.map(each => each.stop()))
    await this.#registry?.stop()
  }

  #spawn(name: string, args: readonly string[], env: Record<string, string> = {}): DemoProcess {
    const logPath = join(this.folder, `${name}.log`)
    const spawned = new DemoProcess({ name, args, env: { ...this.#env, ...env }, logPath })
    this.processes.push(spawned)
    return spawned
  }

  async #untilListening(): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt++) {
      const socket = createConnection(this.#port, '127.0.0.1')
      const connected = await once(socket, 'connect').then(
        () => true,
        () => false,
      )
      socket.destroy()
      if (connected) return
      await sleep(25)
    }
    throw new Error(`The registry did not listen on port ${this.#port} within 10 s: see ${this.folder}`)
  }
}
