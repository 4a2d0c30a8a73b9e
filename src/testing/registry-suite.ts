import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { abortingCases } from './registry-cases/aborting.ts'
import { closingCases } from './registry-cases/closing.ts'
import { conflictCases } from './registry-cases/conflicts.ts'
import { drainCases } from './registry-cases/draining.ts'
import { interruptionCases } from './registry-cases/interruptions.ts'
import { leaseCases } from './registry-cases/leases.ts'
import { limitCases } from './registry-cases/limits.ts'
import { loadCases } from './registry-cases/load.ts'
import { raceCases } from './registry-cases/races.ts'
import { registrationCases } from './registry-cases/registration.ts'
import type { RegistryCase, RegistryCases } from './registry-cases/registry-case.ts'
import { restartCases } from './registry-cases/restarts.ts'
import { serviceNameCases } from './registry-cases/service-names.ts'
import { watchCases } from './registry-cases/watching.ts'
import { RegistryBench, type RegistryFixture } from './registry-bench.ts'

/** What a Registry is tried with. */
export interface RegistrySuiteOptions {
  /** Opens the Registry anew for each case. */
  open: () => Promise<RegistryFixture>
  /** Cases, by title, that this Registry does otherwise, each with the reason: they are shown as skipped with it. */
  deviations?: Readonly<Record<string, string>>
}

const GROUPS: Readonly<Record<string, RegistryCases>> = {
  registers: registrationCases,
  'keeps to limits': limitCases,
  watches: watchCases,
  'watches under load': loadCases,
  'keeps leases': leaseCases,
  'tells writers of one id apart': conflictCases,
  'knows service names': serviceNameCases,
  drains: drainCases,
  'survives races': raceCases,
  'heeds signals': abortingCases,
  closes: closingCases,
  'survives interruptions': interruptionCases,
  'survives restarts': restartCases,
}

/**
 * What every Registry must hold to, as tests for Node's runner: call it in a test file with each Registry you have. With a fixture that
 * can `advance` a clock nothing waits in real time; otherwise leases are short.
 */
export function registrySuite(name: string, { open, deviations = {} }: RegistrySuiteOptions): void {
  describe(`${name} as a Registry`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const [title, run] of Object.entries(cases)) {
          it(title, { skip: deviations[title] ?? false }, context => tryCase(open, run, reason => context.skip(reason)))
        }
      })
    }
    it('deviates only in cases that there are', () => {
      const titles = new Set(Object.values(GROUPS).flatMap(cases => Object.keys(cases)))
      assert.deepEqual(
        Object.keys(deviations).filter(title => !titles.has(title)),
        [],
      )
    })
  })
}

async function tryCase(open: RegistrySuiteOptions['open'], run: RegistryCase, skip: (reason: string) => void) {
  const bench = new RegistryBench(await open())
  try {
    await run(bench, skip)
  } finally {
    await bench.close()
  }
}
