import { randomInt } from 'node:crypto'
import { inspect, parseArgs } from 'node:util'
import * as fc from 'fast-check'
import type { Exchange, Seen } from '../../test/integration/consul-api/exchange.ts'
import {
  type Difference,
  lineOf,
  RandomComparison,
} from '../../test/integration/consul-api/random/random-comparison.ts'
import { exchanges } from '../../test/integration/consul-api/random/random-exchanges.ts'
import { bringEngines } from '../engines/test-setup.ts'
import { parsedArguments } from '../parsed-arguments.ts'
import { shortened } from './shortened.ts'

const USAGE = `npm run consul-api-random [-- [--minutes N] [--seed N] [--rounds N]]

Asks a real Consul and the Consul API of the registry daemon the same, at random, and tells where they differ: 30 requests in a round, of which every one
has a seed of its own. A round that differs is made shorter as long as it does.

  --minutes N   for how long to begin new rounds; 10 if not said
  --rounds N    how many at most
  --seed N      of the first round, from which the others count on; by chance if not said

The exit status is 1 when they differed.`

const STEPS = 30

/** Most of what a side tells in its own time it tells within this, in milliseconds; what does not is told here, to be looked at. */
const PATIENCE_MS = 15_000

/** How long it may take to make one round shorter, in milliseconds. */
const SHORTENING_MS = 120_000

const { values } = parsedArguments(USAGE, () =>
  parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      rounds: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: String(randomInt(2 ** 30)) },
    },
  }),
)

await bringEngines(line => console.error(line))
await using comparison = await RandomComparison.start({ patienceMs: PATIENCE_MS })
await tryRounds()

async function tryRounds(): Promise<void> {
  const first = Number(values.seed)
  const end = performance.now() + Number(values.minutes) * 60_000
  let differences = 0
  let round = 0
  console.error(`From seed ${first} on …`)
  for (; round < Number(values.rounds) && performance.now() < end; round++) {
    const seed = first + round
    const difference = await comparison.firstDifference(fc.sample(exchanges, { seed, numRuns: STEPS }))
    if (!difference) continue
    differences++
    console.log(reportOf(seed, await shortest(difference)))
    process.exitCode = 1
  }
  console.log(`${round} rounds of ${STEPS} requests, seeds ${first} to ${first + round - 1}: ${differences} differ`)
}

/** The same difference, or another one, after as few requests as can be found. */
async function shortest(difference: Difference): Promise<Difference> {
  const end = performance.now() + SHORTENING_MS
  let found = difference
  const fails = async (asked: readonly Exchange[]) => {
    const another = await comparison.firstDifference(asked)
    found = another ?? found
    return another !== undefined
  }
  await shortened(difference.asked, { fails, isOver: () => performance.now() >= end })
  return found
}

function reportOf(seed: number, { asked, theirs, ours }: Difference): string {
  const lines = asked.map(exchange => `  ${lineOf(exchange)}`)
  return [`Seed ${seed} differs after`, ...lines, shown('Consul', theirs), shown('ours', ours), ''].join('\n')
}

function shown(what: string, seen: Seen): string {
  return `  ${what}: ${inspect(seen, { depth: 12, breakLength: 160 })}`
}
