import { Candidate, CandidateSet, PowerOfTwoChoices, RoundRobin } from '../../../src/balancer/index.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { answer, input } from '../../harness/answer.ts'

/* Picks over and over from a set of instances; tells the nanoseconds of CPU time of this thread per pick. */

const PICKS = 10_000_000

const { policy, instances } = input() as { policy: 'round robin' | 'power of two choices'; instances: number }
const balancer = policy === 'round robin' ? new RoundRobin() : new PowerOfTwoChoices()
const set = new CandidateSet(instance => new Candidate(instance, balancer.newLoad()))
set.update(Array.from({ length: instances }, (_, number) => instanceOf(number)))

answer({}, { run })

function run(): number {
  const before = process.threadCpuUsage()
  let picked = 0
  for (let i = 0; i < PICKS; i++) picked += balancer.pick(set.best)!.weight
  const { user, system } = process.threadCpuUsage(before)
  if (picked !== PICKS) throw new Error('Not every pick picked')
  return ((user + system) * 1000) / PICKS
}

function instanceOf(number: number) {
  return createInstance({ serviceName: 'users', id: `users-${number}`, endpoints: [`tcp://10.0.0.1:${1024 + number}`] })
}
