import { REGISTRY_CASES } from '../../src/testing/registry-cases/all-cases.ts'
import type { RegistryTrial } from '../../test/conformance/registry-trial.ts'
import type { Conformance } from './conformance.ts'

const HEAD = `# What each registry holds to

This page is written by \`npm run conformance -- --docs\` from the result of the suite that every Registry is tried with (\`registrySuite\`
of \`ropewalk/testing\`), on the real engines. To repeat it:

    npm run conformance                 # all registries, a table
    npm run conformance -- etcd         # one
    npm run conformance -- --json       # for programs

`

const MEANING = `
"deviates" is a case that the engine behind does otherwise by its nature; "not tried" one that cannot be tried with that registry, such
as cutting off a registry that is in the same memory. A registry of your own is tried by the same cases: see [Testing](../guide/testing.md).
`

/** The page of the docs that shows `outcomes`, those of all registries. */
export function conformanceDocument(
  registries: Readonly<Record<string, RegistryTrial>>,
  outcomes: Readonly<Record<string, Conformance>>,
): string {
  const names = Object.keys(registries)
  return [
    HEAD,
    row(['registry', 'passed', 'failed', 'deviates', 'not tried']),
    row(['---', '---', '---', '---', '---']),
    ...names.map(name => summary(name, outcomes[name])),
    '\n## Deviations\n\n',
    ...deviationsOf(registries),
    paces(registries),
    MEANING,
    ...Object.entries(REGISTRY_CASES).map(([group, cases]) => groupTable(group, Object.keys(cases), outcomes)),
  ].join('')
}

/** The lines of the table of deviations, from what the registries declare. */
export function deviationsOf(registries: Readonly<Record<string, RegistryTrial>>): string[] {
  const declared = Object.entries(registries).flatMap(([name, { deviations }]) =>
    Object.entries(deviations).map(([title, reason]) => row([name, title, reason])),
  )
  if (declared.length === 0) return ['None.\n']
  return [row(['registry', 'case', 'reason']), row(['---', '---', '---']), ...declared]
}

function groupTable(group: string, titles: readonly string[], outcomes: Readonly<Record<string, Conformance>>): string {
  const columns = Object.entries(outcomes)
  const head = [
    ['case', ...Object.keys(outcomes)],
    ['---', ...columns.map(() => '---')],
  ]
  const lines = titles.map(title => [title, columns.map(([, outcome]) => cell(title, outcome))].flat())
  return `\n## A registry ${group}\n\n${[...head, ...lines].map(row).join('')}`
}

function summary(name: string, outcome: Conformance | undefined): string {
  if (!outcome || outcome.missing !== undefined) throw new Error(`${name} was not tried: ${outcome?.missing}`)
  const { passed, failed, deviations, untried } = outcome
  return row([name, ...[passed, failed, deviations.length, untried.length].map(String)])
}

function paces(registries: Readonly<Record<string, RegistryTrial>>): string {
  const slow = Object.entries(registries).filter(([, { pace }]) => pace !== undefined)
  return slow.map(([name, { pace }]) => `\n${name} is asked less than others: ${pace?.reason}\n`).join('')
}

function cell(title: string, outcome: Conformance | undefined): string {
  const has = (cases: readonly { title: string }[] = []) => cases.some(each => each.title === title)
  if (has(outcome?.deviations)) return 'deviates'
  if (has(outcome?.untried)) return 'not tried'
  return has(outcome?.failures) ? '**fails**' : 'yes'
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(each => each.replaceAll('|', '\\|')).join(' | ')} |\n`
}
