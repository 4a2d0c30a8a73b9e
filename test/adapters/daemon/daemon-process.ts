import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'

const programs = new URL('.', import.meta.url)

/** Runs `program` beside this file as a process of its own. Resolves with it and the first message it sends. */
export async function start(program: string, options: object): Promise<{ child: ChildProcess; message: unknown }> {
  const child = fork(new URL(program, programs), [JSON.stringify(options)], {
    execArgv: ['--conditions=ropewalk-development'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [message] = (await once(child, 'message')) as [unknown]
  return { child, message }
}

/** Ends a process, however it is. */
export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/** A registry daemon in a process of its own, with data in a temporary folder, that can be killed and come back on its port. */
export class DaemonProcess implements AsyncDisposable {
  readonly #options: RegistryDaemonOptions
  readonly #folder: string
  #child: ChildProcess | undefined
  #port = 0

  private constructor(options: RegistryDaemonOptions, folder: string) {
    this.#options = options
    this.#folder = folder
  }

  static async start(options: RegistryDaemonOptions = {}): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(options, await mkdtemp(join(tmpdir(), 'ropewalk-daemon-')))
    await daemon.start()
    return daemon
  }

  get port(): number {
    return this.#port
  }

  get child(): ChildProcess {
    assert.ok(this.#child)
    return this.#child
  }

  async start(): Promise<void> {
    const endpoint = `tcp:${this.#port}:interface=127.0.0.1`
    const { child, message } = await start('daemon-program.ts', {
      dataPath: join(this.#folder, 'data'),
      ...this.#options,
      endpoint,
    })
    this.#child = child
    this.#port = (message as { port: number }).port
  }

  async kill(): Promise<void> {
    await kill(this.child)
  }

  async loseData(): Promise<void> {
    await rm(join(this.#folder, 'data'), { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
