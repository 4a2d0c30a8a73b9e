import { cpus, loadavg, totalmem } from 'node:os'
import type { Outcome } from './outcome.ts'
import { sectionOf, summaryOf } from './report.ts'

/** The page docs/drills.md: which bad days were made, what was promised for them, and what came of it on which machine. */
export function documentOf(outcomes: readonly Outcome[]): string {
  return [INTRODUCTION, machine(), '', ...outcomes.map(sectionOf), summaryOf(outcomes), ''].join('\n')
}

const INTRODUCTION = `# Drills

This page is written by \`npm run drills -- --docs\`. A drill makes a bad day for the registry daemon on purpose, looks whether what is promised for it is kept, and takes figures.

    npm run drills                           # all of them, about ten minutes
    npm run drills -- reconnect-storm        # one
    npm run drills -- --quick                # small forms of a few seconds, as \`npm test\` does them
    npm run drills -- crashes --seed 42      # the same chances again
    npm run drills -- --json figures.json    # for programs

The exit status is 1 when a promise was broken. The daemon and its clients are processes of their own on the loopback interface; figures of time and of CPU depend on the machine and what else it does, promises do not.
`

function machine(): string {
  const processors = cpus()
  const cores = `${processors.length} × ${processors[0]?.model.trim() ?? process.arch}`
  const [busy = 0] = loadavg()
  return `Done on ${cores}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}, with a load average of ${busy.toFixed(1)} at the end.`
}
