import type { Conformance } from './conformance.ts'

/** The outcome by registry, for programs: what is printed with `--json`. */
export function jsonOf(outcomes: Readonly<Record<string, Conformance>>): string {
  const rows = Object.entries(outcomes).map(([name, { passed, failed, skipped, deviations, missing }]) => [
    name,
    { passed, failed, skipped, deviations, missing },
  ])
  return JSON.stringify(Object.fromEntries(rows))
}

/** The same for people. */
export function tableOf(outcomes: Readonly<Record<string, Conformance>>): string {
  const head = ['registry', 'passed', 'failed', 'skipped', 'deviations']
  const rows = Object.entries(outcomes).map(([name, outcome]) => cellsOf(name, outcome))
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0), title.length),
  )
  const lines = [head, ...rows].map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map(line => line.trimEnd()).join('\n')
}

function cellsOf(name: string, { passed, failed, skipped, deviations, missing = '' }: Conformance): string[] {
  return [name, `${passed}`, `${failed}`, `${skipped}`, `${deviations.length}`, missing]
}
