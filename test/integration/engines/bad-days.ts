import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { sleep } from '../../../src/core/abort.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'
import { missingEngine } from '../../engines/engines.ts'
import { BadDay } from './bad-day.ts'
import type { EngineTrial } from './engine-trial.ts'

const HOUR_MS = 3_600_000

/** What one engine of one node, and the network to it, do on their worst days, or on those with such a title: callers lose no call, and all is well again afterwards. */
export function badDays(trial: EngineTrial, only = /^/): void {
  describe(`${trial.title} on a bad day`, { skip: missingEngine(trial.engine) }, () => {
    let day: BadDay
    before(async () => {
      day = await BadDay.start(trial)
    })
    after(() => day?.[Symbol.asyncDispose]())
    const some = Object.entries(BAD_DAYS).filter(([title]) => only.test(title))
    for (const [title, run] of some) it(title, context => run(day, context))
  })
}

const BAD_DAYS: Readonly<Record<string, (day: BadDay, context: TestContext) => Promise<void>>> = {
  async 'killed, and restarted with its data, costs no call'(day, context) {
    await day.server.kill()
    await day.untilStale()
    await day.recover(context, () => day.server.restart())
  },

  async 'killed, and restarted without its data, costs no call'(day, context) {
    await day.server.kill()
    await day.untilStale()
    await day.recover(context, () => day.server.restart({ empty: true }))
  },

  async 'stopped in its tracks for three times the TTL costs no call'(day, context) {
    await day.server.pause()
    await day.untilStale()
    await delay(3 * day.trial.ttlMs)
    await day.recover(context, () => day.server.resume())
  },

  async 'cut off by the network costs no call'(day, context) {
    day.relay.refuse()
    await day.untilStale()
    await day.recover(context, () => day.relay.heal())
  },

  async 'cut off by a network that swallows everything costs no call'(day, context) {
    day.relay.pause()
    await day.untilStale()
    await day.recover(context, () => day.relay.heal())
  },

  async 'on the other side of a connection that is dead without a sign costs no call'(day, context) {
    await day.recover(context, () => day.relay.halfOpen())
    await day.work(context)
  },

  async 'behind a network that takes half a second each way costs no call'(day, context) {
    day.relay.delayMs = 500
    await day.work(context)
    await day.recover(context, () => day.relay.heal())
  },

  async 'behind a network that brings one byte at a time costs no call'(day, context) {
    day.relay.trickle()
    await day.work(context)
    await day.recover(context, () => day.relay.heal())
  },

  async 'cut off in the middle of messages, again and again, costs no call'(day, context) {
    day.relay.pieceBytesMax = 7
    for (let cut = 0; cut < 10; cut++) {
      const written = day.work(context).catch(() => {})
      await delay(3 * cut)
      day.relay.cut()
      await written
    }
    await day.recover(context, () => day.relay.heal())
  },

  async 'loses the instance of a process that stands still beyond its TTL, and has it again when that goes on'(
    day,
    context,
  ) {
    const [stopped] = day.sites
    const registrations = stopped?.registrations ?? 0
    stopped?.pause()
    await day.untilWell(['b'])
    await day.recover(context, () => stopped?.resume())
    assert.ok((stopped?.registrations ?? 0) > registrations)
  },

  async 'has every instance again when the clock of a process jumps by an hour'(day, context) {
    const { registry, clock, trial } = day
    const endpoints = day.resolver.instances[0]?.endpoints ?? []
    const covers = { endpoints, status: 'ready' } as const
    const options = { registry, clock, serviceName: 'users', id: 'jumping', ttlMs: trial.ttlMs, covers }
    await using registrant = new Registrant(options)
    await registrant.start()
    await day.untilWell(['a', 'b', 'jumping'])
    clock.jump(HOUR_MS)
    await sleep(clock, 2 * trial.ttlMs)
    await day.untilWell(['a', 'b', 'jumping'])
    await registrant.stop()
    await day.recover(context, () => {})
  },
}
