import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { kill, start } from './daemon-process.ts'

/** How a RegistrantProcess registers. */
export interface RegistrantProcessOptions {
  readonly port: number
  readonly id: string
  readonly ttlMs?: number
}

/** An application in a process of its own that registers an instance of `users`. */
export class RegistrantProcess implements AsyncDisposable {
  /** What its Registrant told, in order: `instance.registered`, … */
  readonly events: string[] = []
  readonly child: ChildProcess

  private constructor(child: ChildProcess) {
    this.child = child
    child.on('message', message => this.events.push((message as { event: string }).event))
  }

  /** Resolves when the application is up, registered or not. */
  static async start(options: RegistrantProcessOptions): Promise<RegistrantProcess> {
    const { child } = await start('registrant-program.ts', { ttlMs: 15_000, ...options })
    return new RegistrantProcess(child)
  }

  /** How often it has registered. */
  get registrations(): number {
    return this.events.filter(event => event === 'instance.registered').length
  }

  /** Stands still for so long, as a busy event loop does. */
  block(ms: number): void {
    this.child.send(ms)
  }

  /** Stops its application; resolves with the exit code when nothing keeps the process alive any more. */
  async stop(): Promise<number> {
    const exited = once(this.child, 'exit')
    this.child.send('stop')
    const [code] = (await exited) as [number]
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await kill(this.child)
  }
}
