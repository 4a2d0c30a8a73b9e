import { after, before, describe, it } from 'node:test'
import type { RegistryFixture, RegistryPace } from '../../src/testing/registry-bench.ts'
import { registrySuite } from '../../src/testing/registry-suite.ts'
import { missingEngine } from '../engines/engines.ts'

/** One of our registries as `registrySuite` tries it. */
export interface RegistryTrial {
  /** The class that is tried. */
  readonly title: string
  /** The engine it needs, by its name in the table of engines. */
  readonly engine?: string
  /** What it does otherwise than the suite says: titles of cases, each with the reason that the engine gives for it. */
  readonly deviations: Readonly<Record<string, string>>
  readonly pace?: RegistryPace
  /** Starts what keeps the data, once for all cases. */
  start(): Promise<StartedTrial>
}

/** What keeps the data of a registry under trial. */
export interface StartedTrial {
  /** Opens the registry anew for a case. */
  open(): Promise<RegistryFixture>
  stop(): Promise<void>
}

/** Runs the suite; without the engine, skips it with the reason, as one test. */
export function tryRegistry(trial: RegistryTrial): void {
  const { title, engine, deviations, pace } = trial
  const missing = engine ? missingEngine(engine) : false
  if (missing) return void it(`${title} holds to what every Registry holds to`, { skip: missing })
  describe('Conformance', () => {
    let started: StartedTrial | undefined
    before(async () => {
      started = await trial.start()
    })
    after(() => started?.stop())
    const open = async () => {
      if (!started) throw new Error(`${title} has not started`)
      return started.open()
    }
    registrySuite(title, pace ? { open, deviations, pace } : { open, deviations })
  })
}
