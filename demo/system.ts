import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DaemonOfDemo } from './daemon-of-demo.ts'
import { DemoProcess } from './demo-process.ts'
import type { DemoRegistry } from './demo-registry.ts'
import { startEngineOfDemo } from './engine-of-demo.ts'

/** The services of the demo. */
export type ServiceName = 'users' | 'orders'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** The registry, the instances and the load generator: all processes of their own. */
export class DemoSystem {
  readonly folder: string
  readonly registry: DemoRegistry
  readonly #env: Record<string, string>
  readonly #instances = new Map<ServiceName, DemoProcess[]>([
    ['users', []],
    ['orders', []],
  ])
  /** Every instance and load generator there ever was, for the tally. */
  readonly processes: DemoProcess[] = []

  /** Starts the registry of that name: an engine, or `daemon`. */
  static async start(registry = 'daemon'): Promise<DemoSystem> {
    const engine = registry === 'daemon' ? undefined : await startEngineOfDemo(registry)
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-demo-'))
    const system = new DemoSystem(folder, engine ?? (await DaemonOfDemo.prepare(folder)))
    await system.registry.start({ empty: false })
    return system
  }

  private constructor(folder: string, registry: DemoRegistry) {
    this.folder = folder
    this.registry = registry
    this.#env = { ROPEWALK_REGISTRY: registry.url, ROPEWALK_LOG: 'warn', NODE_NO_WARNINGS: '1' }
  }

  instances(serviceName: ServiceName): readonly DemoProcess[] {
    return this.#instances.get(serviceName) ?? []
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
    const running = this.processes.filter(each => !each.exited)
    await Promise.all(running.map(each => each.stop()))
    await this.registry.stop()
  }

  #spawn(name: string, args: readonly string[], env: Record<string, string> = {}): DemoProcess {
    const logPath = join(this.folder, `${name}.log`)
    const spawned = new DemoProcess({ name, args, env: { ...this.#env, ...env }, logPath })
    this.processes.push(spawned)
    return spawned
  }
}
