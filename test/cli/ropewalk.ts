import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { DaemonRegistry } from '../../src/adapters/daemon/index.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import type { Registry } from '../../src/discovery/registry.ts'
import { lastingRegistry } from '../../src/testing/lasting-registry.ts'
import { PATIENCE_MS } from '../patience.ts'
import { poll } from './poll.ts'

const BIN = fileURLToPath(new URL('../../bin/ropewalk.js', import.meta.url))

/** What has to be undone: of a test, or of several. */
export interface Cleanup {
  after(step: () => unknown): void
}

/** What the tests of a suite share, to be undone by `after(() => shared.undo())`. */
export class Shared implements Cleanup {
  readonly #steps: (() => unknown)[] = []

  after(step: () => unknown): void {
    this.#steps.push(step)
  }

  async undo(): Promise<void> {
    for (const step of this.#steps.toReversed()) await step()
  }
}

/** The command line in a process of its own. */
export class Ropewalk {
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>

  constructor(
    args: readonly string[],
    { environment = {}, directory }: { environment?: NodeJS.ProcessEnv; directory?: string } = {},
  ) {
    this.#child = spawn(process.execPath, [BIN, ...args], {
      cwd: directory,
      env: { ...process.env, ROPEWALK_REGISTRY: '', ROPEWALK_LOG: '', ...environment },
    })
    this.#closed = once(this.#child, 'close')
    this.#child.stdout?.on('data', data => (this.stdout += String(data)))
    this.#child.stderr?.on('data', data => (this.stderr += String(data)))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  /** Waits until it has ended; its exit status, or 128 and more for a signal nobody caught. */
  async ended(): Promise<{ status: number | null; stdout: string; stderr: string }> {
    await this.#closed
    return { status: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#child.kill(signal)
  }

  async stop(): Promise<{ status: number | null; stdout: string; stderr: string }> {
    this.kill()
    return this.ended()
  }
}

/** Runs a command to its end. */
export async function ropewalk(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Ropewalk(args).ended()
}

/** Starts a command that runs until the test is over. */
export function start(
  t: Cleanup,
  args: readonly string[],
  options: ConstructorParameters<typeof Ropewalk>[1] = {},
): Ropewalk {
  const running = new Ropewalk(args, options)
  t.after(async () => {
    const killer = setTimeout(() => running.kill('SIGKILL'), 15_000)
    await running.stop()
    clearTimeout(killer)
  })
  return running
}

/** Starts a registry daemon, without data, until the test is over, and gives its URL. */
export async function startRegistry(t: Cleanup): Promise<string> {
  const daemon = start(t, ['registry', '--listen', 'tcp:0:interface=127.0.0.1', '--grace', '500ms'])
  await poll(() => daemon.lines.length > 0)
  return daemon.lines[0] ?? ''
}

/** A connection to the registry daemon at `url` until the test is over. What is registered by it does not lapse. */
export function connectTo(t: Cleanup, url: string): Registry {
  const { hostname, port } = new URL(url)
  const options = { host: hostname, port: Number(port), requestMs: PATIENCE_MS }
  const registry = lastingRegistry(new DaemonRegistry(options))
  t.after(() => registry.close())
  return registry
}

/** An instance that listens nowhere. */
export function instanceOf(serviceName: string, id: string, fields: Partial<Instance> = {}): Instance {
  return createInstance({ serviceName, id, endpoints: ['tcp://127.0.0.1:9'], ...fields })
}
