import { glob, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parsedArguments } from '../tools/parsed-arguments.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { documentOf } from './harness/document.ts'
import { measureRounds } from './harness/rounds.ts'
import { summaryOf, tableOf } from './harness/report.ts'
import { failedResult, type Result, resultOf } from './harness/row.ts'

const USAGE = `npm run bench [-- [AREA…] [--only TEXT] [--json FILE] [--rounds N] [--docs] [--profile FOLDER]]

Measures what is in the folders AREA of bench/, or in all, beside what others offer, and prints one row per comparison.

  --only TEXT        only what has TEXT in its name
  --rounds N         how often each is measured; default 7
  --json FILE        writes the rows to FILE, for programs
  --docs             writes docs/benchmarks.md
  --profile FOLDER   writes a CPU profile of every program

A goal that was missed is a result, not an error: the exit status is 0. A benchmark that fails is reported as such, the others
are measured, and the exit status is 1.`

const { values, positionals } = parsedArguments(USAGE, () =>
  parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      docs: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  }),
)

// Inherited by the programs; too late for this process, which does not matter.
if (values.profile) process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${values.profile}`

// Whoever interrupts it leaves no process behind: programs end with their connection to this one, engines by guards of their own.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const results: Result[] = []
for (const benchmark of await benchmarks()) {
  console.log(`\n${benchmark.area}: ${benchmark.name}`)
  const rows = await rowsOf(benchmark)
  console.log(tableOf(rows))
  results.push(...rows)
}
console.log(`\n${summaryOf(results)}`)
if (values.json)
  await writeFile(
    values.json,
    `${JSON.stringify(
      results.map(({ row }) => row),
      null,
      2,
    )}\n`,
  )
if (values.docs) await writeFile(new URL('../docs/benchmarks.md', import.meta.url), documentOf(results))

/** What goes wrong in one benchmark does not keep the others from being measured. */
async function rowsOf(benchmark: Benchmark): Promise<Result[]> {
  try {
    const measured = await measureRounds(benchmark, Number(values.rounds))
    return benchmark.goals.map(goal => resultOf(benchmark, goal, measured))
  } catch (error) {
    console.error(error)
    process.exitCode = 1
    return benchmark.goals.map(goal => failedResult(benchmark, goal, error as Error))
  }
}

async function benchmarks(): Promise<Benchmark[]> {
  const files = await Array.fromAsync(glob('*/*.bench.ts', { cwd: import.meta.dirname }))
  const wanted = files.toSorted().filter(file => positionals.length === 0 || positionals.includes(areaOf(file)))
  if (wanted.length === 0)
    throw new Error(`There is no such area: there are ${[...new Set(files.map(areaOf))].join(', ')}`)
  const modules = await Promise.all(wanted.map(file => import(`./${file}`) as Promise<{ benchmarks: Benchmark[] }>))
  return modules.flatMap(module => module.benchmarks).filter(({ name }) => name.includes(values.only))
}

function areaOf(file: string): string {
  return file.slice(0, file.indexOf('/'))
}
