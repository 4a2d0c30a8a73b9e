import type { StatusAnswer } from '../../../src/protocol/rest.ts'
import { type Cleanup, start, type Ropewalk } from '../../cli/ropewalk.ts'
import { until } from '../../adapters/daemon/until.ts'

/** `ropewalk registry` as a process, as the front of another registry. */
export class FrontProcess {
  readonly #process: Ropewalk
  /** `127.0.0.1:8500`. */
  readonly authority: string

  private constructor(process: Ropewalk, authority: string) {
    this.#process = process
    this.authority = authority
  }

  /** Resolves when it is ready; it is gone after the test. */
  static async start(t: Cleanup, backend: string, ...args: string[]): Promise<FrontProcess> {
    const listen = ['--listen', 'tcp:0:interface=127.0.0.1', '--grace', '1s']
    const process = start(t, ['registry', '--backend', backend, ...listen, ...args])
    await until(
      () => process.lines.length > 0,
      () => `the front is ready: ${process.stderr}`,
    )
    return new FrontProcess(process, new URL(process.lines[0] ?? '').host)
  }

  get url(): string {
    return `ropewalk://${this.authority}`
  }

  get port(): number {
    return Number(this.authority.split(':')[1])
  }

  /** How many instances are held through it. */
  async held(): Promise<number> {
    const answer = await fetch(`http://${this.authority}/api/v1/status`)
    return ((await answer.json()) as StatusAnswer).instances
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#process.ended()
  }

  /** Stops it in its tracks, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(signal)
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    await this.#process.stop()
  }
}
