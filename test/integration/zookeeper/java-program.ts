import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { findEngine } from '../../../tools/engines/find.ts'
import { missingEngine } from '../../engines/engines.ts'

const SOURCE = fileURLToPath(new URL('Discovery.java', import.meta.url))

/** Why a Java program with Curator cannot be run here, or `false`. It is compiled when it is started, so it takes a JDK. */
export function missingCurator(): string | false {
  const hasCompiler = spawnSync('javac', ['-version']).status === 0
  return missingEngine('curator') || (hasCompiler ? false : 'javac is not installed')
}

/** `Discovery.java` as it runs: a program that uses Curator's service discovery as Java programs do. */
export class JavaProgram implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>
  #said = ''

  /** With ZooKeeper at that port, and instances whose payload is of that class. */
  constructor(port: number, payloadClass: string) {
    const { command, args, env } = findEngine('curator')
    const own = [...args.slice(0, -1), SOURCE, `127.0.0.1:${port}`, payloadClass]
    this.#child = spawn(command, own, { env: { ...process.env, ...env }, stdio: 'pipe' })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    this.#child.stdin.on('error', () => {})
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** What it answers to a command. Rejects with what it said when it has ended. */
  async ask(command: string): Promise<string> {
    this.#child.stdin.write(`${command}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`The Java program has ended: ${this.#said.slice(-2_000)}`)
    return value
  }

  /** Lets it end as programs do, and deregister. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined
    this.#child.stdin.end()
    const force = AbortSignal.timeout(20_000)
    force.addEventListener('abort', () => this.#child.kill('SIGKILL'))
    await ended
  }
}
