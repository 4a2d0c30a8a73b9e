import { setTimeout as delay } from 'node:timers/promises'
import { Program } from '../bench/harness/program.ts'
import { median } from '../bench/harness/statistics.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { Seen, WatchersInput } from './programs/watchers.ts'

const INSTANCES = 100

/** What a watcher that does nothing may cost. */
const BYTES_MAX = 32 * 1024
const CPU_MS_PER_MINUTE_MAX = 3

/** Many who watch and hear nothing, until something changes. */
export const idleWatchers: Drill = {
  name: 'idle-watchers',
  what: 'Ten thousand sessions watch a service of a hundred instances in which nothing happens for half a minute; then one instance changes, ten times.',
  async drill(run) {
    const [warmUp, count] = run.scale([20, 200], [500, 10_000])
    const idleMs = run.scale(2_000, 30_000)
    const daemon = await DaemonProcess.start(run)
    const input: WatchersInput = { port: daemon.port, instances: INSTANCES, service: 'users' }
    const watchers = await Program.start(new URL('programs/watchers.ts', import.meta.url), input)
    run.after(() => watchers.kill())
    await watchers.ask('watch', warmUp)
    await watchers.ask('change')
    const before = await daemon.memory()
    await watchers.ask('watch', count - warmUp)
    run.progress(`${count.toLocaleString('en')} watchers are there`)
    const after = await daemon.memory()
    const cpuBefore = await daemon.cpuMs()
    await delay(idleMs)
    const cpuMs = (await daemon.cpuMs()) - cpuBefore
    const changes: Seen[] = []
    for (let i = 0; i < run.scale(3, 10); i++) changes.push(await watchers.ask<Seen>('change'))

    const bytes = (after.heldBytes - before.heldBytes) / (count - warmUp)
    const perMinute = (cpuMs * 60_000) / idleMs / count
    run.promise('Every change reaches every watcher', true)
    run.promise(
      `A watcher holds no more than ${BYTES_MAX / 1024} KiB`,
      bytes <= BYTES_MAX,
      `${Math.round(bytes)} bytes`,
    )
    if (!run.quick) {
      const said = `An idle watcher costs no more than ${CPU_MS_PER_MINUTE_MAX} ms of CPU per minute`
      run.promise(said, perMinute <= CPU_MS_PER_MINUTE_MAX, `${perMinute} ms`)
    }
    run.figure('memory per watcher, alive', bytes, 'bytes')
    run.figure('memory per watcher, resident', (after.residentBytes - before.residentBytes) / (count - warmUp), 'bytes')
    run.figure('CPU per idle watcher and minute', perMinute, 'ms')
    run.figure('from a change to half of them, median', median(changes.map(({ medianMs }) => medianMs)), 'ms')
    run.figure('from a change to the last of them, median', median(changes.map(({ lastMs }) => lastMs)), 'ms')
  },
}
