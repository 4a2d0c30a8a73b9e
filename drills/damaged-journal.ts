import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { observe } from '../src/core/event.ts'
import { RegistryDaemon } from '../src/daemon/registry-daemon.ts'
import { createInstance } from '../src/discovery/create-instance.ts'
import { damagesOf, type Damage } from './damaged-journal/damages.ts'
import { damageOtherFiles } from './damaged-journal/other-files.ts'
import { statesOf } from './damaged-journal/states.ts'
import { temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'

const BODY = { endpoints: ['tcp://127.0.0.1:1'], ttlMs: 600_000 }

/** The file with the registrations is not as it was written. */
export const damagedJournal: Drill = {
  name: 'damaged-journal',
  what: 'The file with the registrations is cut at every kind of place, bytes in it are flipped, and it is replaced by garbage; after each the daemon is started.',
  async drill(run) {
    const folder = await temporaryFolder(run)
    const original = join(folder, 'original')
    const { epoch } = await fill(original)
    const journal = await readFile(join(original, 'registry.log'))
    const states = statesOf(journal)
    const findings: Findings = { wrong: [], silent: [], vouched: [], refused: [] }
    const damages = damagesOf(journal, run, run.scale(60, 1_000))
    let aside = 0
    for (const [at, damage] of damages.entries()) {
      const started = await startWith(join(folder, String(at)), { original, damage })
      if (started.aside) aside++
      judge({ ...started, damage, states, former: epoch }, findings)
    }
    run.never('The daemon starts whatever the file is', findings.refused)
    run.never(
      'What is served was true at some moment, and the newest but for one that was being written, or nothing',
      findings.wrong,
    )
    run.never('A file that is damaged inside is moved aside, and that is told', findings.silent)
    run.never(
      'A registry that begins without its data says that it cannot vouch for what is absent, by another epoch',
      findings.vouched,
    )
    run.figure('damages that were tried', damages.length, '')
    run.figure('of these set aside', aside, '')
    await damageOtherFiles(run, folder)
  },
}

/** What a daemon made of a damaged file. */
interface Started {
  /** Its instances; undefined where it did not start. */
  readonly state: string | undefined
  readonly epoch: string | undefined
  readonly settled: boolean
  /** Whether the damaged file lies beside the new one. */
  readonly aside: boolean
  readonly told: boolean
  readonly problem?: string
}

/** What was found that must not be. */
interface Findings {
  readonly wrong: string[]
  readonly silent: string[]
  readonly vouched: string[]
  readonly refused: string[]
}

/** The states after the last two lines are those a cut or an illegible last line may leave. */
const NEWEST_STATES = 3

function judge(
  { damage, former, states, ...started }: Started & { damage: Damage; former: string; states: readonly string[] },
  findings: Findings,
): void {
  const { name, kind } = damage
  if (started.state === undefined) return void findings.refused.push(`${name}: ${started.problem}`)
  const isNew = started.epoch !== former
  if (isNew && (started.settled || started.state !== '')) findings.vouched.push(name)
  if (started.aside !== started.told || (kind === 'inside' && !started.aside)) findings.silent.push(name)
  const allowed = kind === 'cut' ? states : states.slice(-NEWEST_STATES)
  if (!isNew && !allowed.includes(started.state)) findings.wrong.push(`${name}: ${started.state}`)
}

/** Registers, changes and takes out instances one after the other, so that there are many lines. */
async function fill(dataPath: string): Promise<{ epoch: string }> {
  await using daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', dataPath })
  await daemon.start()
  const { store } = daemon
  if (!store) throw new Error('The daemon has no store')
  const owner = store.leases.timed({ id: 'timed:holder', name: 'holder' })
  for (let number = 0; number < 60; number++) {
    const id = `u${number % 20}`
    const init = { serviceName: 'users', id, endpoints: BODY.endpoints, startedAt: 0, weight: 1 + number }
    const claim = store.leases.register(owner, createInstance(init), BODY.ttlMs)
    if (number % 7 === 6) store.leases.revoke(claim)
    await delay(3)
  }
  return { epoch: store.epoch }
}

async function startWith(
  dataPath: string,
  { original, damage }: { original: string; damage: Damage },
): Promise<Started> {
  await mkdir(dataPath)
  await copyFile(join(original, 'registry.lock'), join(dataPath, 'registry.lock'))
  await writeFile(join(dataPath, 'registry.log'), damage.bytes)
  const told: string[] = []
  const unobserve = observe('daemon', ({ event }) => told.push(event))
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', dataPath })
  try {
    await daemon.start()
    const set = daemon.store?.rosters.set('users')
    const state = set?.instances.map(({ id, weight }) => `${id}=${weight}`).join(' ')
    const aside = (await readdir(dataPath)).some(name => name.startsWith('registry.log.damaged-'))
    const { epoch } = daemon.store ?? {}
    return { state, epoch, settled: set?.settled ?? true, aside, told: told.includes('journal.damaged') }
  } catch (error) {
    return { state: undefined, epoch: undefined, settled: false, aside: false, told: false, problem: String(error) }
  } finally {
    unobserve()
    await daemon.stop()
    await rm(dataPath, { recursive: true })
  }
}
