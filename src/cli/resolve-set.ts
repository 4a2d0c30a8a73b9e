import { Candidate, CandidateSet, leastRequests, RandomChoice, SlowStart } from '../balancer/index.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { type Random, systemRandom } from '../core/random.ts'
import type { Instance } from '../discovery/instance.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'

/** An instance as `ropewalk resolve` shows it. */
export type Resolved = Pick<Instance, 'id' | 'status' | 'weight' | 'endpoints'>

/** How instances are resolved. */
export interface ResolveOptions {
  /** Only one of them. */
  readonly one: boolean
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * The instances that a Client with usual settings, which has just started, would pick from; or the one that it would pick: by weight and
 * chance, and less often one that is newer than those beside it (see `SlowStart`). Empty when none takes work.
 */
export function resolveSet(
  { instances }: Pick<InstanceSet, 'instances'>,
  { one, clock = systemClock, random = systemRandom }: ResolveOptions,
): Resolved[] {
  const slowStart = new SlowStart({ clock })
  const candidates = new CandidateSet(instance => new Candidate(instance, leastRequests), slowStart)
  candidates.update(instances)
  const { best } = candidates
  const picked = one ? [new RandomChoice({ random }).pick(best) ?? []].flat() : [...new Set(best)]
  return picked.map(({ instance: { id, status, weight, endpoints } }) => ({ id, status, weight, endpoints }))
}
