import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../src/cli/up/free-port.ts'
import { DemoProcess } from './demo-process.ts'
import type { DemoRegistry } from './demo-registry.ts'

/** How long a daemon may take to listen, on a machine that is busy with other things too, and how often to look. */
const LISTENING_MS = 60_000
const LOOK_MS = 25

/** The registry daemon as the demo's registry, with its data in `folder`. */
export class DaemonOfDemo implements DemoRegistry {
  readonly #folder: string
  readonly #port: number
  #process: DemoProcess | undefined

  static async prepare(folder: string): Promise<DaemonOfDemo> {
    return new DaemonOfDemo(folder, await freePort())
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  get url(): string {
    return `ropewalk://127.0.0.1:${this.#port}`
  }

  async start({ empty }: { empty: boolean }): Promise<void> {
    const data = join(this.#folder, 'registry')
    if (empty) await rm(data, { recursive: true, force: true })
    const listen = `tcp:${this.#port}:interface=127.0.0.1`
    this.#process = new DemoProcess({
      name: 'registry',
      args: ['registry', '--listen', listen, '--data', data],
      env: { ROPEWALK_LOG: 'warn', NODE_NO_WARNINGS: '1' },
      logPath: join(this.#folder, 'registry.log'),
    })
    await this.#untilListening()
  }

  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
  }

  async #untilListening(): Promise<void> {
    for (let attempt = 0; attempt < LISTENING_MS / LOOK_MS; attempt++) {
      const socket = createConnection(this.#port, '127.0.0.1')
      const connected = await once(socket, 'connect').then(
        () => true,
        () => false,
      )
      socket.destroy()
      if (connected) return
      await sleep(LOOK_MS)
    }
    throw new Error(
      `The registry did not listen on port ${this.#port} within ${LISTENING_MS / 1000} s: see ${this.#folder}`,
    )
  }
}
