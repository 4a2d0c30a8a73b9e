import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { globalSetup, globalTeardown } from '../engines/test-setup.ts'
import { parsedArguments } from '../parsed-arguments.ts'
import { entryOf } from './entry.ts'
import { planOf } from './plan.ts'

const USAGE = `npm test [-- PATH…]

Runs all tests, or those whose path begins with one of PATH: test/core, test/web/site.test.ts. Files of one folder share a process, and several processes run
beside each other. One file, with the options of Node's own runner:

  npm exec -- node --conditions=ropewalk-development --test test/core/latest.test.ts

The exit status is 1 when a test failed.`

const TEST_MS_MAX = 300_000
/** Processes per processor: most wait more than they work, and none minds a busy machine. */
const PROCESSES_PER_PROCESSOR = 2
const PROCESSES_MAX = 12

const { positionals } = parsedArguments(USAGE, () => parseArgs({ allowPositionals: true, options: {} }))
const paths = (await Array.fromAsync(glob('test/**/*.test.ts'))).toSorted()
const chosen = paths.filter(path => positionals.length === 0 || positionals.some(begin => path.startsWith(begin)))
if (chosen.length > 0) await runAll(chosen)
else {
  console.error(`No test file begins with ${positionals.join(' or ')}`)
  process.exitCode = 64
}

async function runAll(files: readonly string[]): Promise<void> {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  await globalSetup()
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-entries-'))
  try {
    const plan = planOf(await Promise.all(files.map(async path => ({ path, text: await readFile(path, 'utf8') }))))
    const entries = await Promise.all(plan.map(portion => entryOf(portion, folder)))
    console.log(
      `${files.length} test files in ${entries.length} processes. What is printed follows a plan that begins with the longest.`,
    )
    await passed(entries, interrupted.signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await globalTeardown()
  }
}

/** Runs what is to run, prints it as Node's runner does, and fails this process when a test failed. */
async function passed(entries: readonly string[], signal: AbortSignal): Promise<void> {
  const concurrency = Math.min(availableParallelism() * PROCESSES_PER_PROCESSOR, PROCESSES_MAX)
  const events = run({ files: entries.map(entry => resolve(entry)), concurrency, timeout: TEST_MS_MAX, signal })
  events.on('test:summary', ({ success }) => {
    if (!success) process.exitCode = 1
  })
  for await (const text of events.compose(spec)) process.stdout.write(text)
}
