import { Candidate } from '../../src/balancer/candidate.ts'
import { CandidateSet } from '../../src/balancer/candidate-set.ts'
import type { Balancer } from '../../src/balancer/balancer.ts'
import { SlowStart } from '../../src/balancer/slow-start.ts'
import { FakeClock, seededRandom } from '../../src/testing/index.ts'
import { instanceOf } from './candidates.ts'

/** What a simulation is of. */
export interface RestartSimulation {
  balancer: Balancer
  /** How many Instances there are; the first is started anew as the simulation begins. */
  instances: number
  windowMs: number
  seed: number
}

/** How it went in the first ten seconds. */
export interface RestartOutcome {
  /** Of a hundred requests made in that time, one takes longer. */
  readonly p99Ms: number
  /** Requests made, and answered within that time. */
  readonly made: number
  readonly answered: number
  /** The part of the requests that the Instance which is started anew is given, second by second. */
  readonly parts: readonly number[]
}

/** One request at a time takes this long on a warm Instance; on a cold one many times that, less by half with every second and a half. */
const WARM_MS = 10
const COLD_FACTOR = 8
const HALVED_MS = 1_500
/** Requests come by chance, so many as to keep warm Instances half busy. */
const BUSY = 0.5
const LASTS_MS = 10_000

/** Callers ask Instances of which one is cold at first; each does one thing after the other, as a process of Node does. */
export async function simulateRestart(options: RestartSimulation): Promise<RestartOutcome> {
  const { balancer, instances, windowMs, seed } = options
  const clock = new FakeClock()
  const random = seededRandom(seed)
  const slowStart = new SlowStart({ windowMs, clock })
  const set = new CandidateSet(instance => new Server(instance, balancer.newLoad()), slowStart)
  const startedAt = (number: number) => (number === 0 ? clock.wallTime() : 0)
  set.update(Array.from({ length: instances }, (_, n) => instanceOf(`${n}`, { startedAt: startedAt(n) })))
  if (set.isWarming) keepSorted(set, { clock, stepMs: slowStart.stepMs })
  const latencies: number[] = []
  const isGivenToNew: boolean[][] = Array.from({ length: LASTS_MS / 1_000 }, () => [])
  for (;;) {
    await clock.advance((-Math.log(1 - random.next()) * WARM_MS) / (BUSY * instances))
    if (clock.now() >= LASTS_MS) break
    const server = balancer.pick(set.best) as Server
    isGivenToNew[Math.floor(clock.now() / 1_000)]?.push(server.instance.id === '0')
    server.serve(clock, latencyMs => latencies.push(latencyMs))
  }
  const answered = latencies.length
  await clock.advance(LASTS_MS)
  const p99Ms = latencies.toSorted((one, other) => one - other)[Math.floor(latencies.length * 0.99)] as number
  const parts = isGivenToNew.map(second => second.filter(Boolean).length / second.length)
  return { p99Ms, made: latencies.length, answered, parts }
}

function keepSorted(set: CandidateSet<Server>, { clock, stepMs }: { clock: FakeClock; stepMs: number }): void {
  clock.schedule(stepMs, () => {
    set.sort()
    if (set.isWarming) keepSorted(set, { clock, stepMs })
  })
}

/** An Instance that is cold while it is new. */
class Server extends Candidate {
  #freeAt = 0

  serve(clock: FakeClock, onAnswer: (latencyMs: number) => void): void {
    const now = clock.now()
    const ageMs = clock.wallTime() - this.instance.startedAt
    const takesMs = WARM_MS * (1 + COLD_FACTOR * 2 ** (-ageMs / HALVED_MS))
    this.#freeAt = Math.max(now, this.#freeAt) + takesMs
    const latencyMs = this.#freeAt - now
    this.begin()
    clock.schedule(latencyMs, () => {
      this.end(latencyMs, false)
      onAnswer(latencyMs)
    })
  }
}
