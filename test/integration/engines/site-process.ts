import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process with a Site that is registered as `users`. */
export class SiteProcess implements AsyncDisposable {
  readonly id: string
  /** What it told, in order: `instance.registered`, … */
  readonly events: string[] = []
  readonly #child: ChildProcess

  private constructor(id: string, child: ChildProcess) {
    this.id = id
    this.#child = child
    child.on('message', message => this.events.push((message as { event: string }).event))
  }

  /** Resolves when it is up, registered or not. */
  static async start(options: { url: string; id: string; ttlMs: number }): Promise<SiteProcess> {
    const program = fileURLToPath(new URL('site-program.ts', import.meta.url))
    const execArgv = ['--conditions=ropewalk-development']
    const child = fork(program, [JSON.stringify(options)], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const site = new SiteProcess(options.id, child)
    while (!site.events.includes('started')) await once(child, 'message')
    return site
  }

  /** How often it has registered. */
  get registrations(): number {
    return this.events.filter(event => event === 'instance.registered').length
  }

  /** Stops it in its tracks. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    this.resume()
    await gone
  }
}
