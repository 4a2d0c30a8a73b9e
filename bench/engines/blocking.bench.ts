import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMostOneIn } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'
import { consul, type ConsulApi, type ConsulApiProgram, ours } from './consul-api.ts'

/** How many changes are made in a round. */
const CHANGES = 2

/** So many clients that wait, and for how large a service. */
interface Waiting {
  readonly watchers: number
  readonly instances: number
}

const THOUSAND: Waiting = { watchers: 1_000, instances: 100 }
const FOUR_THOUSAND: Waiting = { watchers: 4_000, instances: 50 }

const common = { area: 'engines', warmUpRounds: 1 }

/** How soon a change is told to the last of those who wait for it by Consul's API, and what memory that takes. */
export const benchmarks: readonly Benchmark[] = [
  {
    ...common,
    name: `change → last of ${told(THOUSAND)}`,
    unit: 'milliseconds',
    ours: timed(ours, THOUSAND),
    goals: [{ against: timed(consul, THOUSAND), bound: atMostOneIn(40) }],
  },
  {
    ...common,
    name: `change → last of ${told(FOUR_THOUSAND)}`,
    unit: 'milliseconds',
    ours: timed(ours, FOUR_THOUSAND),
    goals: [{ against: timed(consul, FOUR_THOUSAND), bound: atMostOneIn(30) }],
  },
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

function told({ watchers, instances }: Waiting): string {
  return `${watchers.toLocaleString('en')} blocking queries on a service with ${instances} instances`
}

/** The median time from the write of a change to the end of the last answer that has it. */
function timed(api: ConsulApi, waiting: Waiting): Contender {
  return contender(api, waiting, load => load.ask('change', CHANGES))
}

/** The most memory that the server has had once it has told all of them of some changes. */
function remembered(api: ConsulApi, waiting: Waiting): Contender {
  return contender(api, waiting, async (load, server) => {
    await load.ask('change', CHANGES)
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
