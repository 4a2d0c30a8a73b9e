import { existsSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DaemonProcess, temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { KeyWriter } from './crashes/key-writer.ts'
import { InstanceWriter } from './crashes/instance-writer.ts'
import { ThingWriter } from './crashes/thing-writer.ts'

const MOMENT_MS_MAX = 150

/** Instances of this size make the daemon write its file anew after some eight hundred changes. */
const LARGE_BYTES = 20_000
const REWRITTEN = 'registry.log.new'
const REWRITING_MS_MAX = 60_000
const REWRITE_MS_MAX = 10

/** SIGKILL at random moments under writes, with an account of what was acknowledged. */
export const crashes: Drill = {
  name: 'crashes',
  what: 'The daemon is killed with SIGKILL at random moments under writes of instances and of everything the Consul API has, again and again, some when it writes its file anew, and started again with its data.',
  async drill(run) {
    const kills = run.scale(3, 200)
    const dataPath = await temporaryFolder(run)
    const daemon = await DaemonProcess.start(run, { dataPath })
    const writers = { instances: new InstanceWriter(run), keys: new KeyWriter(), things: new ThingWriter(run) }
    const { instances, keys, things } = writers
    const findings: Findings = { lost: [], twice: [], back: [], epochs: new Set(), unsettled: [] }
    await write(daemon, { writers, moment: () => delay(500) })
    let restartedMs = 0
    for (let kill = 1; kill <= kills; kill++) {
      const killedAt = performance.now()
      await daemon.restart()
      restartedMs += performance.now() - killedAt
      await look(daemon, { writers, findings })
      await write(daemon, { writers, moment: () => delay(run.chance(MOMENT_MS_MAX)) })
      if (kill % 20 === 0) run.progress(`${kill} of ${kills} kills`)
    }
    await daemon.restart()
    await look(daemon, { writers, findings })
    const rewrites = run.scale(1, 20)
    let hits = 0
    for (let kill = 1; kill <= rewrites; kill++) {
      await write(daemon, { writers, fillingBytes: LARGE_BYTES, moment: () => rewriting(run, dataPath) })
      if (existsSync(join(dataPath, REWRITTEN))) hits++
      await daemon.restart()
      await look(daemon, { writers, findings })
    }
    run.never('What was acknowledged is there after the restart, and nothing that was never asked for', findings.lost)
    run.never('No instance is there twice', findings.twice)
    run.never('Revisions and indexes never go back', findings.back)
    run.promise('The epoch stays, for the data do', findings.epochs.size === 1, [...findings.epochs].join(', '))
    run.never('Sets are settled after a restart with data', findings.unsettled)
    run.figure('kills', kills + 1 + rewrites, '')
    run.figure('of these while the file of registrations was written anew', hits, '')
    run.figure('acknowledged writes of instances', instances.acknowledged, '')
    run.figure('acknowledged writes of keys', keys.acknowledged, '')
    run.figure('acknowledged writes of nodes, services, checks, locks and transactions', things.acknowledged, '')
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

interface Writers {
  readonly instances: InstanceWriter
  readonly keys: KeyWriter
  readonly things: ThingWriter
}

/** When a daemon that is written to is killed. */
interface Writing {
  readonly writers: Writers
  readonly moment: () => Promise<void>
  readonly fillingBytes?: number
}

/** Writes until the moment has come, and kills the daemon. */
async function write(daemon: DaemonProcess, { writers, moment, fillingBytes }: Writing): Promise<void> {
  const { instances, keys, things } = writers
  const session = await DrillSession.open(daemon.port)
  await session.hello('writer', instances.held())
  session.say({ type: 'watch', service: 'users' })
  const due = moment()
  const writing = Promise.all([
    instances.write(session, fillingBytes),
    keys.write(daemon.url),
    things.write(daemon.url),
  ])
  await due
  await daemon.kill()
  await writing
}

/** Resolves just after the daemon has begun to write its file anew. */
async function rewriting(run: DrillRun, dataPath: string): Promise<void> {
  const signal = AbortSignal.timeout(REWRITING_MS_MAX)
  for await (const { filename } of watch(dataPath, { signal })) if (filename === REWRITTEN) break
  await delay(run.chance(REWRITE_MS_MAX))
}

/** Compares what the daemon has with what was acknowledged. */
async function look(
  daemon: DaemonProcess,
  { writers: { instances, keys, things }, findings }: { writers: Writers; findings: Findings },
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
  findings.lost.push(...(await things.compare(daemon.url)))
  findings.back.push(...instances.compareRevision(set.revision), ...keys.wentBack())
  const ids = set.instances.map(({ id }) => id)
  if (new Set(ids).size < ids.length) findings.twice.push(ids.join(' '))
}
