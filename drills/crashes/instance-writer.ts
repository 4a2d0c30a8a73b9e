import type { InstanceKey } from '../../src/protocol/client-message.ts'
import type { WireInstance } from '../../src/protocol/wire-instance.ts'
import type { DrillRun } from '../harness/drill-run.ts'
import type { DrillSession } from '../harness/drill-session.ts'

const NAMES = Array.from({ length: 48 }, (_, number) => `u${number}`)
const IN_FLIGHT = 16
const TTL_MS = 600_000

/** What an instance is: its weight, or that it is not there. */
type State = number | undefined

/** A write that was asked for. */
interface Write {
  readonly id: string
  readonly state: State
}

/**
 * Writes instances of the service `users` over a session, some at a time, one of an id at a time, until the session is over; and keeps account:
 * after a crash an instance is what was acknowledged last, or what was asked for and not answered.
 */
export class InstanceWriter {
  readonly #run: DrillRun
  readonly #states = new Map<string, State>()
  readonly #inFlight = new Map<number, Write>()
  #seq = 0
  #weight = 0
  #revision = 0
  #acknowledged = 0
  #fillingBytes = 0

  constructor(run: DrillRun) {
    this.#run = run
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** What a session of before would say that it holds. */
  held(): InstanceKey[] {
    const there = [...this.#states].filter(([, state]) => state !== undefined)
    return there.map(([id]) => ({ service: 'users', id }))
  }

  /** Writes until the session is over; instances have so many bytes of metadata. */
  async write(session: DrillSession, fillingBytes = 0): Promise<void> {
    this.#fillingBytes = fillingBytes
    session.listen(message => {
      if (message.type === 'set') this.#revision = Math.max(this.#revision, message.revision)
      if (message.type === 'delta') this.#revision = Math.max(this.#revision, message.to)
      if (message.type !== 'ok') return
      const write = this.#inFlight.get(message.seq)
      if (!write) return
      this.#inFlight.delete(message.seq)
      this.#states.set(write.id, write.state)
      this.#acknowledged++
      this.#ask(session)
    })
    for (let i = 0; i < IN_FLIGHT; i++) this.#ask(session)
    await session.closed
  }

  /** What of `instances` is neither what was acknowledged nor what was asked for; from then on they are what there is. */
  compare(instances: readonly WireInstance[]): string[] {
    const found = new Map<string, State>(instances.map(({ id, weight = 1 }) => [id, weight]))
    const wrong = [...new Set([...this.#states.keys(), ...found.keys()])].filter(id => {
      const asked = [...this.#inFlight.values()].filter(write => write.id === id).map(({ state }) => state)
      return ![this.#states.get(id), ...asked].includes(found.get(id))
    })
    const described = wrong.map(id => `${id} is ${found.get(id)}, acknowledged was ${this.#states.get(id)}`)
    this.#inFlight.clear()
    this.#states.clear()
    for (const [id, state] of found) this.#states.set(id, state)
    return described
  }

  /** Says so when a revision is lower than one that was told before. */
  compareRevision(revision: number): string[] {
    const before = this.#revision
    this.#revision = Math.max(before, revision)
    return revision < before ? [`${revision} after ${before}`] : []
  }

  #ask(session: DrillSession): void {
    const busy = new Set(Array.from(this.#inFlight.values(), ({ id }) => id))
    const free = NAMES.filter(name => !busy.has(name))
    const id = free[this.#run.chance(free.length)] ?? ''
    const seq = ++this.#seq
    if (this.#states.get(id) !== undefined && this.#run.chance(3) === 0) {
      this.#inFlight.set(seq, { id, state: undefined })
      return session.say({ type: 'revoke', seq, service: 'users', id })
    }
    const weight = 2 + (this.#weight++ % 60_000)
    this.#inFlight.set(seq, { id, state: weight })
    const metadata = { filling: 'x'.repeat(this.#fillingBytes) }
    const instance = { id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, weight, metadata }
    session.say({ type: 'register', seq, service: 'users', instance, ttlMs: TTL_MS })
  }
}
