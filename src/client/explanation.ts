import { type Tier, tierOf } from '../balancer/candidate-set.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'
import type { InstanceStatus } from '../discovery/instance.ts'
import type { Peer } from './peer.ts'
import type { PoolState } from './pool.ts'

/** What a Client makes of one Instance. */
export interface CandidateExplanation {
  readonly id: string
  readonly endpoints: readonly string[]
  readonly status: InstanceStatus
  readonly weight: number
  /** Which part of its weight counts: 1, and from 0.1 on while it is new beside older ones (slow start). */
  readonly share: number
  /** Which tier it is in; undefined: nothing is sent to it. */
  readonly tier: Tier | undefined
  /** Whether it is among those picked from now: in the best tier that has any. */
  readonly picked: boolean
  /** Requests of this Client in flight. */
  readonly pending: number
  readonly ejected: boolean
  readonly connections: PoolState
  readonly lastError: string | undefined
}

/** Why a Client calls the Instances it calls. */
export interface Explanation {
  readonly serviceName: string
  readonly revision: number
  readonly known: boolean
  readonly stale: boolean
  readonly ageMs: number
  /** Requests that wait for an Instance. */
  readonly waiting: number
  /** How many retries the budget allows now. */
  readonly retries: number
  readonly candidates: readonly CandidateExplanation[]
}

/** What an Explanation is made of. */
export interface ExplainInit {
  serviceName: string
  set: InstanceSet
  peers: Iterable<Peer>
  /** Which part of a Peer's weight counts. */
  shareOf: (peer: Peer) => number
  waiting: number
  retries: number
}

const ORDER: readonly (Tier | undefined)[] = ['preferred', 'late', 'suspect', 'weightless', 'ejected']

/** Puts what is known of a service's Peers into words for people, as data. */
export function explain({ serviceName, set, peers, shareOf, waiting, retries }: ExplainInit): Explanation {
  const { revision, known, stale, ageMs } = set
  const candidates = Array.from(peers)
  const best = ORDER.find(tier => candidates.some(peer => tierOf(peer) === tier))
  return {
    serviceName,
    revision,
    known,
    stale,
    ageMs,
    waiting,
    retries: Math.floor(retries),
    candidates: candidates.map(peer => explainPeer(peer, shareOf(peer), best)),
  }
}

function explainPeer(peer: Peer, share: number, best: Tier | undefined): CandidateExplanation {
  const { id, endpoints, status } = peer.instance
  const tier = tierOf(peer)
  return {
    id,
    endpoints,
    status,
    weight: peer.instance.weight,
    share,
    tier,
    picked: tier !== undefined && tier === best,
    pending: peer.pending,
    ejected: peer.ejected,
    connections: peer.pool.state,
    lastError: peer.lastError?.message,
  }
}
