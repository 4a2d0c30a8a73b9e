import { setTimeout as delay } from 'node:timers/promises'
import { type DatedDaemon, deceivedDaemon, injectedDaemon } from './clock-jumps/daemons.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { until } from './harness/within.ts'
import type { HistoryAnswer, RegistrationAnswer, SetAnswer } from '../src/protocol/rest.ts'

const TTL_MS = 6_000
const RENEW_MS = 500
const LIMIT_MS = 60_000

/** Whatever is done to its date, a registry goes by the time that passes. */
export const clockJumps: Drill = {
  name: 'clock-jumps',
  what: "The daemon's date is set hours forwards and backwards under instances with short TTLs, and it is restarted in the past: once with a clock of ours, once as a process that libfaketime deceives.",
  async drill(run) {
    const injected = await injectedDaemon(run)
    const deceived = await deceivedDaemon(run)
    const jumps = [jump(run, { how: 'a clock of ours', daemon: injected })]
    if (typeof deceived === 'string') run.skip(`a real process with another date: ${deceived}`)
    else jumps.push(jump(run, { how: 'libfaketime', daemon: deceived }))
    await Promise.all(jumps)
  },
}

async function jump(run: DrillRun, { how, daemon }: { how: string; daemon: DatedDaemon }): Promise<void> {
  const holders = await Holders.begin(run, daemon)
  const before = await holders.look()
  // A registry that went by the date would take all for overdue, or let the dead live for hours. All of it takes longer than a TTL.
  for (const hours of [6, -6, 0, -12]) {
    daemon.set(hours)
    await holders.write()
    await delay(TTL_MS * run.scale(0.35, 1.1))
  }
  const departed = await holders.departures()
  const after = await holders.look()
  run.never(`${how}: no lease lapses that is renewed`, departed)
  run.promise(`${how}: revisions grow`, after.revision > before.revision, `${before.revision} → ${after.revision}`)
  run.promise(`${how}: a check of the Consul API goes on passing`, await holders.passes())

  const start = performance.now()
  await holders.neglect()
  run.promise(`${how}: a lease that is not renewed lapses in time all the same`, true)
  run.figure(`${how}: that took, with a TTL of ${TTL_MS} ms`, performance.now() - start, 'ms')

  daemon.set(-24)
  const { epoch, revision } = await holders.look()
  holders.end()
  await daemon.restart()
  const restarted = (await (await fetch(`${daemon.url}/api/v1/services/users`)).json()) as SetAnswer
  run.promise(`${how}: the epoch stays over a restart in the past`, restarted.epoch === epoch)
  run.promise(
    `${how}: revisions grow over a restart in the past`,
    restarted.revision > revision,
    `${revision} → ${restarted.revision}`,
  )
}

/** Instances that a session holds, one that REST holds, and one with a check of the Consul API; all renewed in time. */
class Holders {
  readonly #daemon: DatedDaemon
  readonly #session: DrillSession
  #lease = ''
  #seq = 0
  #neglects = false
  #ended = false

  private constructor(daemon: DatedDaemon, session: DrillSession) {
    this.#daemon = daemon
    this.#session = session
  }

  static async begin(run: DrillRun, daemon: DatedDaemon): Promise<Holders> {
    const session = await DrillSession.open(daemon.port)
    const holders = new Holders(daemon, session)
    run.after(() => holders.end())
    await session.hello('holder')
    for (let number = 0; number < 5; number++) await holders.write(number)
    const body = JSON.stringify({ endpoints: ['tcp://127.0.0.1:1'], ttlMs: TTL_MS })
    const registered = await holders.#ask('PUT', '/api/v1/services/users/instances/rest', { body })
    holders.#lease = (JSON.parse(registered) as RegistrationAnswer).lease
    const check = { TTL: `${TTL_MS}ms`, Status: 'passing' }
    await holders.#ask('PUT', '/v1/agent/service/register', { body: JSON.stringify({ Name: 'web', Check: check }) })
    void holders.#renew()
    return holders
  }

  /** Changes an instance of the session. */
  async write(number = 0): Promise<void> {
    const seq = ++this.#seq
    const instance = { id: `u${number}`, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, weight: 1 + seq }
    const done = this.#session.next('ok', message => message.seq === seq)
    this.#session.say({ type: 'register', seq, service: 'users', instance, ttlMs: TTL_MS })
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
