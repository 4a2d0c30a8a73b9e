import { cpus, totalmem } from 'node:os'
import { summaryOf, tableOf } from './report.ts'
import type { Result } from './row.ts'

/** The page docs/benchmarks.md: what was measured, on which machine, and how to repeat it. */
export function documentOf(results: readonly Result[]): string {
  const areas = Object.entries(Object.groupBy(results, ({ row }) => row.area))
  const sections = areas.map(([area, rows = []]) => `## ${area}\n\n${tableOf(rows)}\n`)
  return [INTRODUCTION, machine(), ...sections, summaryOf(results), ''].join('\n')
}

const INTRODUCTION = `# Benchmarks

This page is written by \`npm run bench -- --docs\`. To repeat it:

    npm ci
    npm run engines                       # brings etcd and Twisted from Debian into .cache/, without root
    npm run bench                         # everything, about ten minutes on an idle machine
    npm run bench -- client               # one area
    npm run bench -- --json figures.json  # the rows for programs

Every row compares two programs *in the same run*, so that it is the ratio that counts and not the machine: rounds of about a
second alternate between ours and each peer after one that is not counted; the ratio is taken round by round, and its median and extremes
are printed. Programs under test, back ends and load are processes of their own on the loopback interface. Where a row
counts *per CPU second*, it divides by the CPU time of the program under test, all its threads, which hardly depends on
what else the machine does. A ratio is ours ÷ theirs; where there is no peer it is our figure itself.
`

function machine(): string {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const cores = `${processors.length} × ${processors[0]?.model.trim() ?? process.arch}`
  return `Measured on ${cores}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}.\n`
}
