import { parseArgs } from 'node:util'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { showFixedList } from './fixed-list.ts'
import { EngineMissingError } from '../tools/engines/find.ts'
import { parsedArguments } from '../tools/parsed-arguments.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { Progress } from './progress.ts'
import { type Crash, QUICK_SCENES, SCENES } from './scenes.ts'
import { DemoSystem } from './system.ts'

const REQUESTS_PER_SECOND = 800
const QUICK_REQUESTS_PER_SECOND = 200
const USAGE = `npm run demo [-- [--registry NAME] [--quick] [--rate N] [--json] [--skip-comparison]]

Plays scenes of restarts and crashes on the registry daemon, or on a real engine, under load, and counts failed requests.

  --registry NAME     etcd, consul or zookeeper, which it brings along; default: daemon
  --quick             fewer scenes, less load
  --rate N            so many requests per second; default: ${REQUESTS_PER_SECOND}, or ${QUICK_REQUESTS_PER_SECOND} with --quick
  --json              prints the outcome for programs
  --skip-comparison   does not show what a fixed list of addresses would have cost

The exit status is 1 when a request failed.`

const { options, rate } = parsedArguments(USAGE, () => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      'skip-comparison': { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rate: { type: 'string' },
      registry: { type: 'string', default: 'daemon' },
    },
  })
  const requestsPerSecond = Number(values.rate ?? (values.quick ? QUICK_REQUESTS_PER_SECOND : REQUESTS_PER_SECOND))
  if (!(requestsPerSecond > 0)) throw new Error(`--rate ${values.rate} is no number of requests per second`)
  return { options: values, rate: requestsPerSecond }
})

async function playScenes(system: DemoSystem, progress: Progress): Promise<Outcome> {
  progress.scene('start: 3 × users, 2 × orders, a load generator')
  await Promise.all([...Array(3).keys()].map(() => system.startInstance('users')))
  await Promise.all([...Array(2).keys()].map(() => system.startInstance('orders')))
  const load = system.startLoad(rate)
  progress.follow(load)
  await load.untilTold('count')
  const crashes: Crash[] = []
  for (const scene of options.quick ? QUICK_SCENES : SCENES) {
    progress.scene(scene.title)
    const crash = await scene.play(system)
    if (crash) crashes.push(crash)
  }
  await sleep(500)
  progress.stop()
  load.tell('finish')
  await load.untilTold('result')
  await system.stop()
  return outcomeOf(system.processes, load, crashes)
}

function table(outcome: Outcome): string {
  const rows: [string, string | number | null][] = [
    ['requests', outcome.requests],
    ['failed', outcome.failed],
    ['latency, median', `${outcome.p50Ms} ms`],
    ['latency, 99 of 100 below', `${outcome.p99Ms} ms`],
    ['SIGKILL → no resolver picks it', `${outcome.crashToUnpickedMs} ms`],
    ['drain acknowledged by every watcher', `${outcome.drainAcknowledgedMs} ms`],
    ['requests that came after that', outcome.requestsAfterDrain],
    ['process start → first request answered', `${outcome.startToFirstRequestMs} ms`],
  ]
  return rows.map(([label, value]) => `  ${label.padEnd(42)}${value}`).join('\n')
}

async function show(registry: string): Promise<void> {
  const progress = new Progress()
  const system = await DemoSystem.start(registry)
  try {
    progress.say(`The registry: ${system.registry.url}`)
    const outcome = await playScenes(system, progress)
    const passed = outcome.failed === 0 && outcome.requestsAfterDrain === 0
    progress.say(`\n${table(outcome)}\n`)
    for (const [cause, count] of Object.entries(outcome.failures)) progress.say(`  ${count} × ${cause}`)
    const without = options['skip-comparison'] ? undefined : await showFixedList(progress)
    if (passed) await rm(system.folder, { recursive: true, force: true })
    else progress.say(`  The logs of the processes are in ${system.folder}`)
    if (options.json) process.stdout.write(`${JSON.stringify({ ...outcome, without })}\n`)
    process.exitCode = passed ? 0 : 1
  } finally {
    await system.stop()
  }
}

try {
  await show(options.registry)
} catch (error) {
  if (!(error instanceof EngineMissingError)) throw error
  console.error(`The demo cannot run on "${options.registry}". ${error.message}`)
  process.exitCode = 69
}
