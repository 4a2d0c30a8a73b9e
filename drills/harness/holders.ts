import { setTimeout as delay } from 'node:timers/promises'
import type { HistoryAnswer, RegistrationAnswer, SetAnswer } from '../../src/protocol/rest.ts'
import type { DrillRun } from './drill-run.ts'
import { DrillSession } from './drill-session.ts'
import { until } from './within.ts'

/** Of the session. */
const INSTANCES = 5

const RENEW_MS = 500
const LIMIT_MS = 60_000

/** Where something is held. */
interface Held {
  readonly url: string
  readonly port: number
}

/** What is held where, and how long it lives unless it is renewed. */
export interface HoldersInit {
  readonly daemon: Held
  readonly ttlMs: number
}

/** Instances that a session holds, one that REST holds, and one with a check of the Consul API; all renewed in time. */
export class Holders {
  readonly #daemon: Held
  readonly #session: DrillSession
  readonly #ttlMs: number
  #lease = ''
  #seq = 0
  #neglects = false
  #ended = false

  private constructor({ daemon, ttlMs }: HoldersInit, session: DrillSession) {
    this.#daemon = daemon
    this.#session = session
    this.#ttlMs = ttlMs
  }

  static async begin(run: DrillRun, init: HoldersInit): Promise<Holders> {
    const { daemon, ttlMs } = init
    const session = await DrillSession.open(daemon.port)
    const holders = new Holders(init, session)
    run.after(() => holders.end())
    await session.hello('holder')
    for (let number = 0; number < INSTANCES; number++) await holders.write(number)
    const body = JSON.stringify({ endpoints: ['tcp://127.0.0.1:1'], ttlMs })
    const registered = await holders.#ask('PUT', '/api/v1/services/users/instances/rest', { body })
    holders.#lease = (JSON.parse(registered) as RegistrationAnswer).lease
    const check = { TTL: `${ttlMs}ms`, Status: 'passing' }
    await holders.#ask('PUT', '/v1/agent/service/register', { body: JSON.stringify({ Name: 'web', Check: check }) })
    void holders.#renew()
    return holders
  }

  /** How many instances there are of it, besides the one of the Consul API. */
  get count(): number {
    return INSTANCES + 1
  }

  /** Changes an instance of the session. */
  async write(number = 0): Promise<void> {
    const seq = ++this.#seq
    const instance = { id: `u${number}`, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, weight: 1 + seq }
    const done = this.#session.next('ok', message => message.seq === seq)
    this.#session.say({ type: 'register', seq, service: 'users', instance, ttlMs: this.#ttlMs })
    await done
  }

  async look(): Promise<SetAnswer> {
    return JSON.parse(await this.#ask('GET', '/api/v1/services/users')) as SetAnswer
  }

  /** What left, or nearly did. */
  async departures(): Promise<string[]> {
    const { changes } = JSON.parse(await this.#ask('GET', '/api/v1/services/users/history')) as HistoryAnswer
    return changes.filter(({ kind }) => kind !== 'joined' && kind !== 'updated').map(({ id, kind }) => `${id} ${kind}`)
  }

  async passes(): Promise<boolean> {
    return (JSON.parse(await this.#ask('GET', '/v1/health/service/web?passing')) as unknown[]).length === 1
  }

  /** Renews what REST holds no more; resolves when it is gone. */
  async neglect(): Promise<void> {
    this.#neglects = true
    const isGone = async () => (await this.look()).instances.every(({ id }) => id !== 'rest')
    await until(LIMIT_MS, 'a lease that is not renewed has lapsed', isGone)
  }

  end(): void {
    this.#ended = true
    this.#session.destroy()
  }

  async #renew(): Promise<void> {
    while (!this.#ended) {
      this.#session.say({ type: 'renew', seq: ++this.#seq })
      const headers = { 'Ropewalk-Lease': this.#lease }
      if (!this.#neglects) await this.#ask('POST', '/api/v1/services/users/instances/rest/renew', { headers })
      await this.#ask('PUT', '/v1/agent/check/pass/service:web')
      await delay(RENEW_MS)
    }
  }

  async #ask(method: string, path: string, init: RequestInit = {}): Promise<string> {
    const answer = await fetch(this.#daemon.url + path, { method, ...init }).catch((error: Error) => {
      if (this.#ended) return new Response()
      throw error
    })
    return answer.text()
  }
}
