import { setTimeout as delay } from 'node:timers/promises'
import { DaemonProcess, temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { KeyWriter } from './crashes/key-writer.ts'
import { InstanceWriter } from './crashes/instance-writer.ts'

const MOMENT_MS_MAX = 150

/** SIGKILL at random moments under writes, with an account of what was acknowledged. */
export const crashes: Drill = {
  name: 'crashes',
  what: 'The daemon is killed with SIGKILL at random moments under writes, again and again, and started again with its data.',
  async drill(run) {
    const kills = run.scale(3, 200)
    const daemon = await DaemonProcess.start(run, { dataPath: await temporaryFolder(run) })
    const [instances, keys] = [new InstanceWriter(run), new KeyWriter()]
    const findings: Findings = { lost: [], twice: [], back: [], epochs: new Set(), unsettled: [] }
    await write({ run, daemon, instances, keys, momentMs: 500 })
    let restartedMs = 0
    for (let kill = 1; kill <= kills; kill++) {
      const killedAt = performance.now()
      await daemon.restart()
      restartedMs += performance.now() - killedAt
      await look(daemon, { instances, keys, findings })
      await write({ run, daemon, instances, keys, momentMs: run.chance(MOMENT_MS_MAX) })
      if (kill % 20 === 0) run.progress(`${kill} of ${kills} kills`)
    }
    await daemon.restart()
    await look(daemon, { instances, keys, findings })
    run.never('What was acknowledged is there after the restart, and nothing that was never asked for', findings.lost)
    run.never('No instance is there twice', findings.twice)
    run.never('Revisions and indexes never go back', findings.back)
    run.promise('The epoch stays, for the data do', findings.epochs.size === 1, [...findings.epochs].join(', '))
    run.never('Sets are settled after a restart with data', findings.unsettled)
    run.figure('kills', kills + 1, '')
    run.figure('acknowledged writes of instances', instances.acknowledged, '')
    run.figure('acknowledged writes of keys', keys.acknowledged, '')
    run.figure('from the kill to listening again, mean', restartedMs / kills, 'ms')
  },
}

/** What was found that must not be. */
interface Findings {
  readonly lost: string[]
  readonly twice: string[]
  readonly back: string[]
  readonly unsettled: number[]
  readonly epochs: Set<string>
}

interface Writing {
  readonly run: DrillRun
  readonly daemon: DaemonProcess
  readonly instances: InstanceWriter
  readonly keys: KeyWriter
  readonly momentMs: number
}

/** Writes for `momentMs`, and kills the daemon. */
async function write({ daemon, instances, keys, momentMs }: Writing): Promise<void> {
  const session = await DrillSession.open(daemon.port)
  await session.hello('writer', instances.held())
  session.say({ type: 'watch', service: 'users' })
  const writing = Promise.all([instances.write(session), keys.write(daemon.url)])
  await delay(momentMs)
  await daemon.kill()
  await writing
}

/** Compares what the daemon has with what was acknowledged. */
async function look(
  daemon: DaemonProcess,
  { instances, keys, findings }: { instances: InstanceWriter; keys: KeyWriter; findings: Findings },
): Promise<void> {
  const observer = await DrillSession.open(daemon.port)
  const { epoch } = await observer.hello('observer')
  const first = observer.next('set')
  observer.say({ type: 'watch', service: 'users' })
  const set = await first
  observer.say({ type: 'bye' })
  await observer.closed
  findings.epochs.add(epoch)
  if (!set.settled) findings.unsettled.push(set.revision)
  findings.lost.push(...instances.compare(set.instances), ...(await keys.compare(daemon.url)))
  findings.back.push(...instances.compareRevision(set.revision), ...keys.wentBack())
  const ids = set.instances.map(({ id }) => id)
  if (new Set(ids).size < ids.length) findings.twice.push(ids.join(' '))
}
