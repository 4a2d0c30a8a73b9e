import { RoundRobin } from '../../src/balancer/round-robin.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import { Peer } from '../../src/client/peer.ts'
import type { Settings } from '../../src/client/settings.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import { connect } from '../../src/endpoint/connect.ts'
import { FakeClock, seededRandom } from '../../src/testing/index.ts'

/** Settings on a clock that stands still; connections are real. */
export function settingsOf(changes: Partial<Settings> = {}): Settings {
  return {
    balancer: () => new RoundRobin({ random: { next: () => 0 } }),
    connect: (endpoint, { signal }) => connect(endpoint, { signal }),
    attemptsMax: 3,
    budget: {},
    clock: new FakeClock(),
    random: seededRandom(1),
    waitMs: 1_000,
    firstSetMs: 2_000,
    attemptTimeoutMs: 5_000,
    requestTimeoutMs: 60_000,
    connectTimeoutMs: 2_000,
    connectionsMax: 10,
    queueMax: 10,
    slowStartMs: 0,
    ...changes,
  }
}

/** An Instance of `users` that nobody listens for, unless it is given endpoints. */
export function instanceOf(id: string, changes: Partial<Instance> = {}): Instance {
  return createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...changes })
}

/** A Peer of its own. */
export function peerOf(instance: Instance, changes: Partial<Settings> = {}): Peer {
  const settings = settingsOf(changes)
  return new Peer(instance, leastRequests, {
    serviceName: 'users',
    secure: false,
    settings,
    onConnect: () => undefined,
    onConnectError: () => undefined,
  })
}
