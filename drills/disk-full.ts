import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DaemonProcess, type DaemonProcessOptions, temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { SmallDisk } from './harness/small-disk.ts'
import { until } from './harness/within.ts'

const DISK_BYTES = 2 * 2 ** 20
const BALLAST_BYTES = 2 ** 20
const FILLING_BYTES = 20_000
const WRITES_MAX = 1_000
const LIMIT_MS = 60_000

/** The disk with the daemon's data has no room left. */
export const diskFull: Drill = {
  name: 'disk-full',
  what: 'The disk with the data of the daemon is filled while instances are registered; then there is room again; then it is killed with SIGKILL and started again.',
  async drill(run) {
    const disk = await SmallDisk.mount(run, DISK_BYTES)
    if (disk instanceof SmallDisk) {
      const ballast = join(disk.path, 'ballast')
      await writeFile(ballast, Buffer.alloc(BALLAST_BYTES))
      const options = { dataPath: join(disk.path, 'data') }
      await fill(run, { how: 'a full disk', options, makeRoom: () => rm(ballast), again: {} })
    } else run.skip(`a full disk: ${disk}`)
    if (process.platform === 'win32') return run.skip('a limit of files: there is none on this system')
    // One that cannot be lifted again for the process, so that room comes with its restart.
    const wrap = ['sh', '-c', 'ulimit -f 2000; exec "$@"', 'sh']
    const dataPath = await temporaryFolder(run)
    await fill(run, { how: 'a limit of files', options: { dataPath, wrap }, again: { wrap: [] } })
  },
}

/** How the disk is full, and how there is room again. */
interface Filling {
  readonly how: string
  readonly options: DaemonProcessOptions
  /** What makes room while the daemon runs. */
  readonly makeRoom?: () => Promise<void>
  /** How it is started again. */
  readonly again: DaemonProcessOptions
}

async function fill(run: DrillRun, { how, options, makeRoom, again }: Filling): Promise<void> {
  const daemon = await DaemonProcess.start(run, options)
  const reader = new RegistryReader(daemon)
  const writer = new Writer(await DrillSession.open(daemon.port))
  await writer.hello()
  const refusal = await writer.fill()
  const listed = await idsIn(reader)
  const events = await daemon.events()
  run.promise(`${how}: what cannot be kept is refused, with ERR_JOURNAL`, refusal === 'ERR_JOURNAL', refusal)
  run.promise(`${how}: what is told is what was acknowledged`, listed === writer.ids(), `${listed} for ${writer.ids()}`)
  const isTold = events.some(event => event.startsWith('journal.health') && event.includes('cannot be written'))
  run.promise(`${how}: the daemon says so`, isTold, events.join('; '))
  run.figure(`${how}: instances kept before`, writer.held.size, '')
  const [removed = ''] = writer.held
  await writer.revoke(removed)
  run.promise(`${how}: what is revoked goes all the same`, !(await idsIn(reader)).split(' ').includes(removed))
  if (makeRoom) {
    const key = await putKey(daemon.url)
    run.promise(`${how}: a key that cannot be kept is refused, and not there`, key === '500 404', key)
    await makeRoom()
    const healMs = await until(LIMIT_MS, 'the daemon is ready again', async () => (await daemon.status()) === 'ready')
    const late = await writer.register('late')
    run.promise(`${how}: it takes registrations again when there is room`, late === 'ok', late)
    run.figure(`${how}: from room until it is ready again`, healMs, 'ms')
  }
  await daemon.kill()
  await daemon.restart(again)
  const restarted = await idsIn(reader)
  // Only who asked for it knows whether a removal that was not kept is there again; its session would take it out.
  const expected = [...writer.held].toSorted().join(' ')
  const found = makeRoom
    ? restarted
    : restarted
        .split(' ')
        .filter(id => id !== removed)
        .join(' ')
  run.promise(
    `${how}: what was acknowledged is there after SIGKILL, and nothing else`,
    found === expected,
    `${restarted} for ${expected}`,
  )
  await daemon.kill()
}

async function idsIn(reader: RegistryReader): Promise<string> {
  return (await reader.set('users')).instances
    .map(({ id }) => id)
    .toSorted()
    .join(' ')
}

/** How a key of the Consul API is answered that is larger than the room that is left, and how the question for it. */
async function putKey(url: string): Promise<string> {
  const put = await fetch(`${url}/v1/kv/large`, { method: 'PUT', body: 'x'.repeat(200_000) })
  await put.text()
  const get = await fetch(`${url}/v1/kv/large`)
  await get.text()
  return `${put.status} ${get.status}`
}

/** Registers large instances until it is refused. */
class Writer {
  readonly held = new Set<string>()
  readonly #session: DrillSession
  #seq = 0

  constructor(session: DrillSession) {
    this.#session = session
  }

  async hello(): Promise<void> {
    await this.#session.hello('writer')
  }

  ids(): string {
    return [...this.held].toSorted().join(' ')
  }

  /** Registers more and more; resolves with how it was refused. */
  async fill(): Promise<string> {
    for (let number = 0; number < WRITES_MAX; number++) {
      const answer = await this.register(`u${number}`)
      if (answer !== 'ok') return answer
    }
    return 'not refused'
  }

  /** Resolves with `ok`, or the code of the refusal. */
  async register(id: string): Promise<string> {
    const metadata = { filling: 'x'.repeat(FILLING_BYTES) }
    const instance = { id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, metadata }
    const answer = await this.#ask(seq => ({ type: 'register', seq, service: 'users', instance, ttlMs: 600_000 }))
    if (answer === 'ok') this.held.add(id)
    return answer
  }

  async revoke(id: string): Promise<void> {
    this.held.delete(id)
    await this.#ask(seq => ({ type: 'revoke', seq, service: 'users', id }))
  }

  async #ask(messageOf: (seq: number) => Parameters<DrillSession['say']>[0]): Promise<string> {
    const seq = ++this.#seq
    const ok = this.#session.next('ok', message => message.seq === seq).then(() => 'ok')
    const error = this.#session.next('error', message => message.seq === seq).then(({ code }) => code)
    for (const answer of [ok, error]) answer.catch(() => {})
    this.#session.say(messageOf(seq))
    return Promise.race([ok, error])
  }
}
