import type { Balancer } from '../../src/balancer/balancer.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import type { Random } from '../../src/core/random.ts'
import { balancerSuite } from '../../src/testing/balancer-suite.ts'

/** Run as a program of its own by the test of balancerSuite, with the name of a fault as the argument. */
const FAULTS: Record<string, (random: Random) => Balancer['pick']> = {
  lazy: () => candidates => candidates[0],
  loyal: () => {
    let first: unknown
    return candidates => (first ??= candidates[0]) as (typeof candidates)[number]
  },
  fussy: () => candidates => candidates.find(({ pending }) => pending < 10),
  unrepeatable: () => candidates => candidates[Math.floor(Math.random() * candidates.length)],
}

const fault = FAULTS[process.argv[2] ?? '']
if (fault) balancerSuite('Faulty', { create: ({ random }) => ({ pick: fault(random), newLoad: () => leastRequests }) })
