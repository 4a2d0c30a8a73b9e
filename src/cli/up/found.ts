import { BaseService, type BaseServiceOptions } from '../../application/base-service.ts'
import type { PhaseContext } from '../../application/phase.ts'
import { abortable, TimeLimit, timeLimit } from '../../core/abort.ts'
import type { Registry } from '../../discovery/registry.ts'
import { NotInTimeError } from '../errors.ts'
import type { ChildProcess } from '../process/child-process.ts'

/** What to wait for. */
export interface FoundOptions extends BaseServiceOptions {
  registry: Registry
  serviceName: string
  /** How many ready instances. */
  instances: number
  /** How long to wait for them. */
  limitMs: number
  /** Those that register them: when one of them ends meanwhile, there is nothing more to wait for. */
  processes: readonly Pick<ChildProcess, 'ended'>[]
}

/**
 * A milestone in a tree: its start resolves when `instances` ready instances of a service can be found, so that what comes after it can
 * call them. Rejects with `NotInTimeError` after `limitMs`, and at once when a process that was to register one ends. Once passed it stays
 * passed, whatever happens to the instances.
 */
export class Found extends BaseService {
  readonly #options: FoundOptions

  constructor(name: string, options: FoundOptions) {
    super(name, options)
    this.#options = options
  }

  protected override async onStart({ signal }: PhaseContext): Promise<void> {
    const { limitMs, instances, serviceName, processes } = this.#options
    const ended = Promise.race(processes.map(throwIfItEnds))
    using limit = timeLimit(this.clock, limitMs, { signal })
    try {
      await abortable(Promise.race([this.#untilFound(limit.signal), ended]), limit.signal)
    } catch (error) {
      if (!(error instanceof TimeLimit)) throw error
      throw new NotInTimeError(`The registration of ${instances} instances of "${serviceName}"`, limitMs)
    }
  }

  async #untilFound(signal: AbortSignal): Promise<void> {
    const { registry, serviceName, instances } = this.#options
    for await (const set of registry.watch(serviceName, { signal })) {
      if (set.instances.filter(({ status }) => status === 'ready').length >= instances) return
    }
  }
}

/** Never resolves. */
async function throwIfItEnds(process: Pick<ChildProcess, 'ended'>): Promise<never> {
  const error = await process.ended()
  if (error) throw error
  return new Promise(() => {})
}
