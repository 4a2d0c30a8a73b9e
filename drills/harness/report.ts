import { digits } from '../../bench/harness/report.ts'
import { isKept, type Outcome } from './outcome.ts'

/** What came of a drill, for a terminal. */
export function reportOf(outcome: Outcome): string {
  const { verdicts, figures, skips, failed, tookMs } = outcome
  return [
    ...verdicts.map(
      ({ promise, kept, detail }) => `  ${kept ? 'kept  ' : 'BROKEN'} ${promise}${detail ? `: ${detail}` : ''}`,
    ),
    ...figures.map(({ name, value, unit }) => `         ${name}: ${digits(value)} ${unit}`.trimEnd()),
    ...skips.map(reason => `  skipped: ${reason}`),
    ...(failed === undefined ? [] : [`  FAILED ${failed}`]),
    `  ${isKept(outcome) ? 'ok' : 'NOT OK'} after ${digits(tookMs / 1000)} s`,
  ].join('\n')
}

/** One sentence on all of them. */
export function summaryOf(outcomes: readonly Outcome[]): string {
  const verdicts = outcomes.flatMap(outcome => outcome.verdicts)
  const kept = verdicts.filter(verdict => verdict.kept).length
  const bad = outcomes.filter(outcome => !isKept(outcome)).map(({ name }) => name)
  const end = bad.length === 0 ? 'all is well' : `not well: ${bad.join(', ')}`
  return `${kept} of ${verdicts.length} promises were kept in ${outcomes.length} drills; ${end}.`
}

/** What came of a drill, as a section of docs/drills.md. */
export function sectionOf(outcome: Outcome): string {
  const { name, what, seed, verdicts, figures, skips, failed, tookMs } = outcome
  const promises = verdicts.map(
    ({ promise, kept, detail }) => `- ${promise}: ${kept ? 'kept' : `**broken** (${detail})`}`,
  )
  const rows = figures.map(({ name: figure, value, unit }) => `| ${figure} | ${`${digits(value)} ${unit}`.trimEnd()} |`)
  return [
    `## ${name}`,
    '',
    `${what} (${digits(tookMs / 1000)} s, seed ${seed})`,
    '',
    ...promises,
    ...skips.map(reason => `- not done here: ${reason}`),
    ...(failed === undefined ? [] : [`- **failed**: ${failed.split('\n')[0]}`]),
    '',
    ...(rows.length > 0 ? ['| figure | |', '| --- | --- |', ...rows, ''] : []),
  ].join('\n')
}
