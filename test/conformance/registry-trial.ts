import { after, before, describe, it } from 'node:test'
import type { RegistryFixture, RegistryPace } from '../../src/testing/registry-bench.ts'
import { registrySuite } from '../../src/testing/registry-suite.ts'
import { REGISTRY_CASES } from '../../src/testing/registry-cases/all-cases.ts'
import { missingEngine } from '../engines/engines.ts'

/** Given to a test file, has it try all cases. */
export const WHOLE = '--whole'

/** One of our registries as `registrySuite` tries it. */
export interface RegistryTrial {
  /** The class that is tried. */
  readonly title: string
  /** The engine it needs, by its name in the table of engines. */
  readonly engine?: string
  /** What it does otherwise than the suite says: titles of cases, each with the reason that the engine gives for it. */
  readonly deviations: Readonly<Record<string, string>>
  readonly pace?: RegistryPace
  /** Groups of cases that take long and are tried by `npm run conformance` only. */
  readonly atLeisure?: readonly string[]
  /** Starts what keeps the data, once for all cases. */
  start(): Promise<StartedTrial>
}

/** What keeps the data of a registry under trial. */
export interface StartedTrial {
  /** Opens the registry anew for a case. */
  open(): Promise<RegistryFixture>
  stop(): Promise<void>
}

/** Runs the suite, or what of it is tried with the other tests; without the engine, skips it with the reason, as one test. */
export function tryRegistry(trial: RegistryTrial): void {
  const { title, engine, deviations, pace } = trial
  const cases = process.argv.includes(WHOLE) ? REGISTRY_CASES : casesWithout(trial.atLeisure)
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
    registrySuite(title, { open, deviations, cases, ...(pace && { pace }) })
  })
}

function casesWithout(groups: readonly string[] = []): typeof REGISTRY_CASES {
  return Object.fromEntries(Object.entries(REGISTRY_CASES).filter(([group]) => !groups.includes(group)))
}
