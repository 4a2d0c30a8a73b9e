import { systemRandom, type Random } from '../core/random.ts'
import type { Balancer } from './balancer.ts'
import type { Candidate } from './candidate.ts'
import { leastRequests } from './least-requests.ts'

/**
 * Each in turn, by weight. The first turn is by chance, so that callers which start together do not all begin with the same Instance.
 * Fair in number, blind to load: for requests that cost about the same.
 */
export class RoundRobin implements Balancer {
  #turn: number

  constructor({ random = systemRandom }: { random?: Random } = {}) {
    this.#turn = Math.floor(random.next() * 2 ** 16)
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    this.#turn++
    if (this.#turn >= candidates.length) this.#turn = candidates.length === 0 ? 0 : this.#turn % candidates.length
    return candidates[this.#turn]
  }

  newLoad(): typeof leastRequests {
    return leastRequests
  }
}
