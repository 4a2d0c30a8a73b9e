import { setTimeout as delay } from 'node:timers/promises'
import { type DatedDaemon, deceivedDaemon, injectedDaemon } from './clock-jumps/daemons.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { Holders } from './harness/holders.ts'
import type { SetAnswer } from '../src/protocol/rest.ts'

const TTL_MS = 6_000

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
  const holders = await Holders.begin(run, { daemon, ttlMs: TTL_MS })
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
