import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REGISTRY_CASES } from './registry-cases/all-cases.ts'
import type { RegistryCase, RegistryCases } from './registry-cases/registry-case.ts'
import { RegistryBench, type RegistryFixture, type RegistryPace } from './registry-bench.ts'

/** What a Registry is tried with. */
export interface RegistrySuiteOptions {
  /** Opens the Registry anew for each case. */
  open: () => Promise<RegistryFixture>
  /** Cases, by title, that this Registry does otherwise, each with the reason: they are shown as skipped with it. */
  deviations?: Readonly<Record<string, string>>
  /** How much is asked of it, where that is to be less than by default. */
  pace?: RegistryPace
  /** What is tried, by group and title. Default: everything. */
  cases?: Readonly<Record<string, RegistryCases>>
}

/**
 * What every Registry must hold to, as tests for Node's runner: call it in a test file with each Registry you have. With a fixture that
 * can `advance` a clock nothing waits in real time; otherwise leases are short.
 */
export function registrySuite(name: string, options: RegistrySuiteOptions): void {
  const { deviations = {}, pace, cases: groups = REGISTRY_CASES } = options
  describe(`${name} as a Registry`, () => {
    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const [title, run] of Object.entries(cases)) {
          it(title, { skip: deviations[title] ?? false }, context =>
            named(name, () => tryCase(options, run, reason => context.skip(reason))),
          )
        }
      })
    }
    it('deviates only in cases that there are', context => {
      if (pace) context.diagnostic(`${name} is asked less than others: ${pace.reason}`)
      const titles = new Set(Object.values(groups).flatMap(cases => Object.keys(cases)))
      assert.deepEqual(
        Object.keys(deviations).filter(title => !titles.has(title)),
        [],
      )
    })
  })
}

/** A runner's list of failures has the titles of cases only, which are the same for all registries. */
async function named(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

async function tryCase(
  { open, pace }: RegistrySuiteOptions,
  run: RegistryCase,
  skip: (reason: string) => void,
): Promise<void> {
  const bench = new RegistryBench(await open(), pace)
  try {
    await run(bench, skip)
  } finally {
    await bench.close()
  }
}
