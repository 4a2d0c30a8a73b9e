import { inspect, type ServiceReport } from './inspect.ts'
import type { Phase } from './phase.ts'
import type { Service } from './service.ts'

/**
 * The tree as text, a line for each Service: its name, its status, how long its phases took, what it is doing, why it is not well.
 *
 *     orders      degraded
 *     ├─ db       ready     bind 0 ms, start 31 ms, register 0 ms
 *     └─ web      failed    2 restarts; connection lost
 */
export function printTree(service: Service): string {
  const rows = rowsOf(inspect(service), { first: '', rest: '' })
  const labelLength = Math.max(...rows.map(({ label }) => label.length))
  const statusLength = Math.max(...rows.map(({ report }) => report.status.length))
  return rows
    .map(({ label, report }) => [label.padEnd(labelLength), report.status.padEnd(statusLength), factsOf(report)])
    .map(columns => columns.join('  ').trimEnd())
    .join('\n')
}

const PHASES: readonly Phase[] = ['bind', 'start', 'register', 'drain', 'stop']

interface Row {
  readonly label: string
  readonly report: ServiceReport
}

function rowsOf(report: ServiceReport, indent: { first: string; rest: string }): Row[] {
  const below = report.children.flatMap((child, index) => {
    const isLast = index === report.children.length - 1
    return rowsOf(child, {
      first: indent.rest + (isLast ? '└─ ' : '├─ '),
      rest: indent.rest + (isLast ? '   ' : '│  '),
    })
  })
  return [{ label: indent.first + report.name, report }, ...below]
}

function factsOf({ tookMs, running, restarts, reason }: ServiceReport): string {
  const times = PHASES.flatMap(phase => (tookMs[phase] === undefined ? [] : [`${phase} ${tookMs[phase]} ms`]))
  const facts = [
    times.join(', '),
    running ? `in its ${running.phase} phase for ${running.forMs} ms` : '',
    restarts > 0 ? `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '',
    reason ?? '',
  ]
  return facts.filter(fact => fact !== '').join('; ')
}
