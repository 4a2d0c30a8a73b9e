import { Candidate } from '../../src/balancer/candidate.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'

/** An Instance of `users` with the id `id`. */
export function instanceOf(id: string, changes: Partial<Instance> = {}): Instance {
  return createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...changes })
}

/** One Candidate per weight, with the ids 0, 1, 2 and so on. */
export function candidatesOf(weights: readonly number[]): Candidate[] {
  return weights.map((weight, index) => new Candidate(instanceOf(`${index}`, { weight }), leastRequests))
}
