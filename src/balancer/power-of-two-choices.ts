import { systemRandom, type Random } from '../core/random.ts'
import type { Balancer } from './balancer.ts'
import type { Candidate } from './candidate.ts'
import { leastRequests } from './least-requests.ts'
import type { Load } from './load.ts'

/** How to weigh and where chance comes from. */
export interface PowerOfTwoChoicesOptions {
  /** Makes the Load of each Instance. Default: requests in flight. */
  load?: () => Load
  random?: Random
}

/** Slots looked at for another candidate when both that were drawn name the same one: as many as a share of a tenth needs. */
const SLOTS_LOOKED_AT = 10

/**
 * Of two different candidates drawn by chance, the one with less load for its weight; the first drawn when they are equal, so that
 * idle Instances share by weight. Two draws instead of one bring the longest queue from Θ(log n / log log n) down to Θ(log log n),
 * and unlike a search for the least loaded of all, many callers with the same view do not all run to the same Instance.
 *
 *     a, b drawn;     pick b if cost(b)/weight(b) < cost(a)/weight(a), else a
 *
 * @see Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001
 */
export class PowerOfTwoChoices implements Balancer {
  readonly #load: () => Load
  readonly #random: Random

  constructor({ load = () => leastRequests, random = systemRandom }: PowerOfTwoChoicesOptions = {}) {
    this.#load = load
    this.#random = random
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    const { length } = candidates
    if (length < 2) return candidates[0]
    const drawn = this.#random.next() * length
    const first = Math.trunc(drawn)
    const ahead = 1 + Math.trunc((drawn - first) * (length - 1)) // What a draw leaves behind the point is a draw again.
    const second = first + ahead
    const a = candidates[first] as C
    let b = candidates[second < length ? second : second - length] as C
    if (a === b) b = otherThan(a, candidates, second)
    return b.load.cost(b.pending) * a.weight < a.load.cost(a.pending) * b.weight ? b : a
  }

  newLoad(): Load {
    return this.#load()
  }
}

/** The candidate of the first slot from `place` on that names another one than `drawn`; itself if it has them all. */
function otherThan<C extends Candidate>(drawn: C, candidates: readonly C[], place: number): C {
  for (let step = 1; step <= SLOTS_LOOKED_AT; step++) {
    const other = candidates[(place + step) % candidates.length] as C
    if (other !== drawn) return other
  }
  return drawn
}
