import { DaemonProcess, temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { until } from './harness/within.ts'

const SERVICES = 20
const INSTANCE_BYTES = 60_000
const KEY_BYTES = 400_000
const WRITERS = 8
const WRITES_MAX = 20_000
const LIMIT_MS = 120_000
const TTL_MS = 24 * 60 * 60_000

/** More is registered and kept than the daemon has memory for. */
export const memoryFull: Drill = {
  name: 'memory-full',
  what: 'Instances with much metadata are registered, and keys written, until the daemon has no memory for more; then it is killed with SIGKILL and started again, with as little memory; then they are removed.',
  async drill(run) {
    const heapMebibytes = run.scale(64, 400)
    const env = { NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}` }
    const daemon = await DaemonProcess.start(run, { dataPath: await temporaryFolder(run), env })
    const flood = new Flood(daemon)
    run.progress(`filling ${heapMebibytes} MiB`)
    const refusals = await flood.pour()
    const isTyped = refusals.every(text => /^507 .*ERR_REGISTRY_LIMIT|^500 The registry is full/.test(text))
    run.promise('What there is no memory for is refused, with ERR_REGISTRY_LIMIT', isTyped, refusals.join('; '))
    const events = await daemon.events()
    run.promise(
      'The daemon says so',
      events.some(event => event.startsWith('memory.full')),
      events.join('; '),
    )
    run.promise('What was registered is told, and can be changed as long as it does not grow', await flood.goesOn())
    run.figure('instances and keys kept', flood.kept.size, '')
    run.figure('memory', (await daemon.memory()).residentBytes / 2 ** 20, 'MiB')
    await daemon.kill()
    await daemon.restart()
    run.never('What was acknowledged is there after SIGKILL, with no more memory than before', await flood.missing())
    const again = await flood.pour()
    run.promise('It lives on although as much is asked of it again', again.every(isRefusal), again.join('; '))
    await flood.drain()
    const healMs = await until(LIMIT_MS, 'there is room again', async () => {
      // Which has the heap collected: otherwise that may take half a minute.
      if (run.quick) await daemon.memory()
      return flood.put('late')
    })
    run.promise('It takes registrations again when some were removed', true)
    run.figure('from room until it takes registrations again', healMs, 'ms')
  },
}

function isRefusal(text: string): boolean {
  return /^50[07] /.test(text)
}

/** Many who write until they are refused. */
class Flood {
  /** The paths of what was acknowledged. */
  readonly kept = new Set<string>()
  readonly #daemon: DaemonProcess
  #number = 0

  constructor(daemon: DaemonProcess) {
    this.#daemon = daemon
  }

  /** Resolves with how each writer was refused. */
  async pour(): Promise<string[]> {
    return Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.#write(writer)))
  }

  /** Registers a small instance. */
  async put(id: string): Promise<boolean> {
    const answer = await this.#send('PUT', `/api/v1/services/small/instances/${id}`, instanceOf(''))
    return answer === ''
  }

  /** Whether a service can be read, and an instance of it registered anew as it was. */
  async goesOn(): Promise<boolean> {
    const path = this.kept.values().find(kept => kept.startsWith('/api')) ?? ''
    const { instances } = await new RegistryReader(this.#daemon).set(path.split('/')[4] ?? '')
    const lease = await this.#send('PATCH', path, JSON.stringify({ weight: 2 }))
    return instances.length > 0 && lease === ''
  }

  /** What was acknowledged and is not there. */
  async missing(): Promise<string[]> {
    const there = new Set<string>()
    const reader = new RegistryReader(this.#daemon)
    for (let service = 0; service < SERVICES; service++) {
      for (const { id } of (await reader.set(`s${service}`)).instances) there.add(pathOf(service, id))
    }
    const keys = await fetch(`${this.#daemon.url}/v1/kv/?keys`)
    for (const key of (await keys.json()) as string[]) there.add(`/v1/kv/${key}`)
    return [...this.kept].filter(path => !there.has(path))
  }

  /** Removes everything. */
  async drain(): Promise<void> {
    for (const path of this.kept) await this.#send('DELETE', path)
    this.kept.clear()
  }

  async #write(writer: number): Promise<string> {
    while (this.#number < WRITES_MAX) {
      const number = this.#number++
      const isKey = writer % 2 === 0
      const filling = `${number}${'x'.repeat(isKey ? KEY_BYTES : INSTANCE_BYTES)}`
      const path = isKey ? `/v1/kv/k${number}` : pathOf(number % SERVICES, `i${number}`)
      const refusal = await this.#send('PUT', path, isKey ? filling : instanceOf(filling))
      if (refusal !== '') return refusal
      this.kept.add(path)
    }
    return 'not refused'
  }

  /** Resolves with nothing, or how it was refused. */
  async #send(method: string, path: string, body: string | null = null): Promise<string> {
    const answer = await fetch(`${this.#daemon.url}${path}`, { method, body })
    const text = await answer.text()
    return answer.ok ? '' : `${answer.status} ${text}`
  }
}

function pathOf(service: number, id: string): string {
  return `/api/v1/services/s${service}/instances/${id}`
}

function instanceOf(filling: string): string {
  return JSON.stringify({ endpoints: ['tcp://127.0.0.1:1'], metadata: { filling }, ttlMs: TTL_MS })
}
