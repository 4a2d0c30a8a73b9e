import { systemRandom, type Random } from '../core/random.ts'
import type { Balancer } from './balancer.ts'
import type { Candidate } from './candidate.ts'
import { leastRequests } from './least-requests.ts'

/** Any of them, by weight. Needs no memory; the load evens out only over many requests. */
export class RandomChoice implements Balancer {
  readonly #random: Random

  constructor({ random = systemRandom }: { random?: Random } = {}) {
    this.#random = random
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    return candidates[Math.floor(this.#random.next() * candidates.length)]
  }

  newLoad(): typeof leastRequests {
    return leastRequests
  }
}
