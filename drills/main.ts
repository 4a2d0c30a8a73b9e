import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parsedArguments } from '../tools/parsed-arguments.ts'
import { ALL_DRILLS } from './all.ts'
import { documentOf } from './harness/document.ts'
import type { Drill } from './harness/drill.ts'
import { isKept, type Outcome, outcomeOf } from './harness/outcome.ts'
import { reportOf, summaryOf } from './harness/report.ts'

const USAGE = `npm run drills [-- [NAME…] [--quick] [--seed N] [--json FILE] [--docs]]

Makes bad days for the registry daemon and looks whether what is promised for them is kept. Without a name all are made.

  --quick       small forms, of a few seconds each
  --seed N      the same chances again; printed by every run
  --json FILE   writes what came of it to FILE, for programs
  --docs        writes docs/drills.md

The exit status is 1 when a promise was broken.

${ALL_DRILLS.map(({ name, what }) => `  ${name.padEnd(18)} ${what}`).join('\n')}`

const { values, positionals } = parsedArguments(USAGE, () =>
  parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      json: { type: 'string' },
      docs: { type: 'boolean', default: false },
    },
  }),
)

// Programs end with their connection to this process; what was mounted or written is undone when the drill is over.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

await doAll(drillsOf(positionals))

async function doAll(drills: readonly Drill[]): Promise<void> {
  const outcomes: Outcome[] = []
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  for (const drill of drills) {
    console.log(`\n${drill.name}: ${drill.what}`)
    const outcome = await outcomeOf(drill, {
      quick: values.quick,
      seed,
      onProgress: text => console.log(`  … ${text}`),
    })
    console.log(reportOf(outcome))
    outcomes.push(outcome)
  }
  console.log(`\n${summaryOf(outcomes)}`)
  if (values.json) await writeFile(values.json, `${JSON.stringify(outcomes, null, 2)}\n`)
  if (values.docs) await writeFile(new URL('../docs/drills.md', import.meta.url), documentOf(outcomes))
  if (!outcomes.every(isKept)) process.exitCode = 1
}

function drillsOf(names: readonly string[]): readonly Drill[] {
  const unknown = names.filter(name => ALL_DRILLS.every(drill => drill.name !== name))
  if (unknown.length > 0)
    throw new Error(
      `There is no drill ${unknown.join(', ')}: there are ${ALL_DRILLS.map(({ name }) => name).join(', ')}`,
    )
  return names.length === 0 ? ALL_DRILLS : ALL_DRILLS.filter(({ name }) => names.includes(name))
}
