import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMostOneIn, type Bound, unbound } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'
import { bareProcesses, consul, type ConsulApi, type ConsulApiProgram, ours } from './consul-api.ts'

/** How many changes are made in a round of Consul, which takes seconds for each, and in one of all others, whose compilers have to warm up and which vary more. */
const CONSUL_CHANGES = 2
const CHANGES = 10

/** So many clients that wait, and for how large a service. */
interface Waiting {
  readonly watchers: number
  readonly instances: number
}

/** How many bytes an answer has for each instance in it. */
const INSTANCE_BYTES = 1_586

const THOUSAND: Waiting = { watchers: 1_000, instances: 100 }
const FOUR_THOUSAND: Waiting = { watchers: 4_000, instances: 50 }

const common = { area: 'engines', warmUpRounds: 2 }

/**
 * How soon a change is told to the last of those who wait for it by Consul's API, and what memory that takes. Two processes that only write and read as many
 * bytes show beside it, without a goal, what no registry on Node can be quicker than.
 */
export const benchmarks: readonly Benchmark[] = [
  ...changeTo(THOUSAND, atMostOneIn(40)),
  ...changeTo(FOUR_THOUSAND, atMostOneIn(30)),
  {
    ...common,
    name: `memory, at most, with ${told(FOUR_THOUSAND)}`,
    unit: 'MiB, resident',
    ours: remembered(ours, FOUR_THOUSAND),
    goals: [{ against: remembered(consul, FOUR_THOUSAND), bound: atMostOneIn(3) }],
    warmUpRounds: 0,
    roundsMax: 1,
  },
]

function changeTo(waiting: Waiting, bound: Bound): Benchmark[] {
  const name = `change → last of ${told(waiting)}`
  const row = { ...common, unit: 'milliseconds' }
  const bare = bareProcesses(waiting.instances * INSTANCE_BYTES)
  return [
    { ...row, name, ours: timed(ours, waiting), goals: [{ against: timed(consul, waiting), bound }] },
    {
      ...row,
      name: `${name}, two bare processes that know no registry`,
      ours: timed(bare, waiting),
      goals: [{ against: timed(consul, waiting), bound: unbound }],
    },
  ]
}

function told({ watchers, instances }: Waiting): string {
  return `${watchers.toLocaleString('en')} blocking queries on a service with ${instances} instances`
}

/** The median time from the write of a change to the end of the last answer that has it. */
function timed(api: ConsulApi, waiting: Waiting): Contender {
  const changes = api === consul ? CONSUL_CHANGES : CHANGES
  return contender(api, waiting, load => load.ask('change', changes))
}

/** The most memory that the server has had once it has told all of them of some changes. */
function remembered(api: ConsulApi, waiting: Waiting): Contender {
  return contender(api, waiting, async (load, server) => {
    await load.ask('change', CONSUL_CHANGES)
    return (await server.residentBytesMax()) / 2 ** 20
  })
}

function contender(
  { name, start }: ConsulApi,
  waiting: Waiting,
  measure: (load: Program, server: ConsulApiProgram) => Promise<number>,
): Contender {
  return {
    name,
    async open() {
      const server = await start()
      const program = new URL('programs/consul-watchers.ts', import.meta.url)
      const load = await Program.start(program, { port: server.port, ...waiting })
      return {
        measure: () => measure(load, server),
        async close() {
          await load.close()
          await server.close()
        },
      }
    },
  }
}
