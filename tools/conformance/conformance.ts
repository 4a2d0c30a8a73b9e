import { run } from 'node:test'
import { fileURLToPath } from 'node:url'
import { REGISTRY_CASES } from '../../src/testing/registry-cases/all-cases.ts'
import { type RegistryTrial, WHOLE } from '../../test/conformance/registry-trial.ts'

/** A case that a registry does otherwise than the suite says, because what keeps its data does. */
export interface Deviation {
  readonly title: string
  readonly reason: string
}

/** How one registry did in the suite. */
export interface Conformance {
  passed: number
  failed: number
  /** Cases that were not tried, deviations among them. */
  skipped: number
  readonly deviations: Deviation[]
  /** Why nothing was tried: its engine is missing. */
  missing?: string
  /** Cases that were not tried and are no deviations, with the reason. */
  readonly untried: Deviation[]
  /** What failed, with what it said. */
  readonly failures: Deviation[]
}

const TITLES = new Set(Object.values(REGISTRY_CASES).flatMap(cases => Object.keys(cases)))

/** What a test runner's event says of a test. */
interface TestEvent {
  readonly name: string
  readonly skip?: string | boolean
  readonly details: { readonly type?: string; readonly error?: { readonly cause?: unknown; readonly message: string } }
}

/** Runs the test file that tries a registry with the suite, in a process of its own. */
export async function conformanceOf(
  file: URL,
  { deviations }: Pick<RegistryTrial, 'deviations'>,
): Promise<Conformance> {
  const outcome: Conformance = { passed: 0, failed: 0, skipped: 0, deviations: [], untried: [], failures: [] }
  const stream = run({
    files: [fileURLToPath(file)],
    argv: [WHOLE],
    execArgv: ['--conditions=ropewalk-development'],
    concurrency: 1,
  })
  stream.on('test:pass', event => count(outcome, event, deviations))
  stream.on('test:fail', event => fail(outcome, event))
  for await (const _ of stream) {
    // Its events are heard above.
  }
  if (outcome.passed + outcome.failed + outcome.skipped === 0) outcome.failures.push(nothingRan)
  outcome.failed ||= outcome.failures.length
  return outcome
}

const nothingRan: Deviation = { title: 'The suite', reason: 'No case was run' }

function count(outcome: Conformance, event: TestEvent, deviations: RegistryTrial['deviations']): void {
  const { name, skip } = event
  if (!TITLES.has(name)) {
    // Without its engine the whole suite is skipped as one test.
    if (!skip) return
    outcome.missing = String(skip)
    outcome.skipped = TITLES.size
  } else if (skip) {
    outcome.skipped++
    const kind = deviations[name] === undefined ? outcome.untried : outcome.deviations
    kind.push({ title: name, reason: String(skip) })
  } else outcome.passed++
}

/** A suite fails with what is in it, which is counted already; other failures have no title of ours, such as a server that does not start. */
function fail(outcome: Conformance, { name, details }: TestEvent): void {
  const { cause, message } = details.error ?? { cause: undefined, message: 'failed' }
  const reason = cause instanceof Error ? cause.message : message
  if (details.type === 'suite' && /subtests? failed/.test(reason)) return
  if (TITLES.has(name)) outcome.failed++
  outcome.failures.push({ title: name, reason })
}
