import type { Result } from './row.ts'
import type { Spread } from './statistics.ts'

const COLUMNS = ['what', 'against', 'ratio', 'min–max', 'goal', 'met', 'ours', 'theirs', 'unit'] as const

/** The results as lines of a Markdown table, which people read as well on a terminal. */
export function tableOf(results: readonly Result[]): string {
  const lines = [COLUMNS.map(String), ...results.map(cells)]
  const widths = COLUMNS.map((_, column) => Math.max(3, ...lines.map(line => line[column]?.length ?? 0)))
  const rule = widths.map(width => '-'.repeat(width))
  const [head = [], ...body] = lines.map(line => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
  return [head, rule, ...body].map(line => `| ${line.join(' | ')} |`).join('\n')
}

/** One sentence on how many rows met their goal, and the reasons of those that have failed or were skipped. */
export function summaryOf(results: readonly Result[]): string {
  const left = results.filter(({ skipped }) => skipped !== undefined)
  const met = results.filter(({ row }) => row.met).length
  const missed = results.filter(({ row }) => row.met === false).length
  const failures = results.filter(({ failed }) => failed !== undefined)
  const sentence = `${met} of ${met + missed} rows met their goal, ${missed} missed it, ${left.length} were skipped.`
  return [
    sentence,
    ...failures.map(({ row, failed }) => `Failed: ${row.name} against ${row.against}: ${failed}`),
    ...left.map(({ row, skipped }) => `Skipped: ${row.name} against ${row.against}: ${skipped}`),
  ].join('\n')
}

function cells({ row, unit, ours, theirs, skipped, failed }: Result): string[] {
  const figures = [figure(ours), figure(theirs), unit]
  if (row.ratio === null)
    return [
      row.name,
      row.against,
      '–',
      '–',
      row.goal,
      failed === undefined ? `skipped: ${skipped}` : `**failed**: ${failed}`,
      ...figures,
    ]
  const range = `${digits(row.min)}–${digits(row.max)}`
  return [row.name, row.against, digits(row.ratio), range, row.goal, verdict(row.met), ...figures]
}

function verdict(met: boolean | null): string {
  if (met === null) return '–'
  return met ? 'yes' : '**no**'
}

function figure(spread: Spread | undefined): string {
  return spread ? digits(spread.median) : '–'
}

/** Three significant digits, thousands grouped. */
export function digits(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
