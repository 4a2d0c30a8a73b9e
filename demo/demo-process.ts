import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DemoMessage, moment } from './message.ts'

const CLI = fileURLToPath(new URL('../bin/ropewalk.js', import.meta.url))
const LIMIT_MS = 60_000

/** How to start a process of the demo. */
export interface DemoProcessOptions {
  name: string
  /** A file of this folder to `ropewalk run`, or a whole command line of the CLI. */
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** Where standard output and error go. */
  logPath: string
}

/** One operating-system process of the demo, and what it has told so far. */
export class DemoProcess {
  readonly name: string
  readonly startedAt = moment()
  readonly messages: DemoMessage[] = []
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>

  constructor({ name, args, env, logPath }: DemoProcessOptions) {
    const log = openSync(logPath, 'a')
    this.name = name
    this.#child = fork(CLI, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log, 'ipc'] })
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', message => this.messages.push(message as DemoMessage))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The messages of one kind, in the order they came. */
  told<Type extends DemoMessage['type']>(type: Type): Extract<DemoMessage, { type: Type }>[] {
    return this.messages.filter((message): message is Extract<DemoMessage, { type: Type }> => message.type === type)
  }

  /** Waits for the first message of one kind. Rejects when the process ends before it, or after a minute. */
  async untilTold<Type extends DemoMessage['type']>(type: Type): Promise<Extract<DemoMessage, { type: Type }>> {
    const limit = AbortSignal.timeout(LIMIT_MS)
    for (;;) {
      const [message] = this.told(type)
      if (message) return message
      if (this.exited)
        throw new Error(
          `${this.name} ended (${this.#child.exitCode ?? this.#child.signalCode}) before it told "${type}"`,
        )
      await Promise.race([once(this.#child, 'message', { signal: limit }), this.#exited])
    }
  }

  tell(message: string): void {
    this.#child.send(message)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Sends `signal` and waits for the end, at most 20 s; then kills. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.exited) return
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT_MS)
    this.#child.kill(signal)
    await this.#exited
    clearTimeout(killer)
  }
}
