import { BaseService, type BaseServiceOptions } from '../../src/application/base-service.ts'
import type { Phase, PhaseContext } from '../../src/application/phase.ts'
import type { Service, ServiceStatus } from '../../src/application/service.ts'

/** What a Probe does in a phase; nothing where none is given. */
export type ProbeHooks = Partial<Record<Phase, (context: PhaseContext) => void | Promise<void>>>

/** What happened to all Probes that share it, in order: `start web`. */
export type Journal = string[]

/** A Service that writes down its hooks, notices when two of them run at once, and does in each what the test says. */
export class Probe extends BaseService {
  hooks: ProbeHooks
  /** How often two hooks ran at the same time. */
  overlaps = 0
  readonly #journal: Journal
  #running = 0

  constructor(name: string, journal: Journal = [], options: BaseServiceOptions & ProbeHooks = {}) {
    super(name, options)
    this.#journal = journal
    this.hooks = options
  }

  override fail(error: unknown): void {
    super.fail(error)
  }

  override degrade(reason: string): void {
    super.degrade(reason)
  }

  override recover(): void {
    super.recover()
  }

  protected override onBind(context: PhaseContext): Promise<void> {
    return this.#note('bind', context)
  }

  protected override onStart(context: PhaseContext): Promise<void> {
    return this.#note('start', context)
  }

  protected override onRegister(context: PhaseContext): Promise<void> {
    return this.#note('register', context)
  }

  protected override onDrain(context: PhaseContext): Promise<void> {
    return this.#note('drain', context)
  }

  protected override onStop(context: PhaseContext): Promise<void> {
    return this.#note('stop', context)
  }

  async #note(phase: Phase, context: PhaseContext): Promise<void> {
    if (this.#running++ > 0) this.overlaps++
    this.#journal.push(`${phase} ${this.name}`)
    try {
      await this.hooks[phase]?.(context)
    } finally {
      this.#running--
    }
  }
}

/** A Service that owes nothing to Ropewalk but the interface. */
export class ForeignService implements Service {
  readonly name: string
  status: ServiceStatus = 'idle'
  readonly #journal: Journal

  constructor(name: string, journal: Journal = []) {
    this.name = name
    this.#journal = journal
  }

  async start(): Promise<void> {
    this.#journal.push(`start ${this.name}`)
    this.status = 'ready'
  }

  async stop({ deadlineMs = 0 } = {}): Promise<void> {
    this.#journal.push(`stop ${this.name} within ${deadlineMs}`)
    this.status = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** A hook that never settles, whatever its signal says. */
export function hang(): Promise<void> {
  return new Promise(() => {})
}

/** A hook that waits until its signal aborts, and then rejects as Node's own functions do. */
export function waitForAbort({ signal }: PhaseContext): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return promise
}
