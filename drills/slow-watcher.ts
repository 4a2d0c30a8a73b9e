import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Program } from '../bench/harness/program.ts'
import { median } from '../bench/harness/statistics.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { DrillSession } from './harness/drill-session.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import type { Seen, WatchersInput } from './programs/watchers.ts'

const INSTANCES = 50
const FILLING_BYTES = 30_000
const SERVICE = 'users'
const WATCHERS = 3
const SLOW = 10

/** What those who do not read may make the daemon hold together, beside what the system's sockets take. */
const GROWTH_BYTES_MAX = 48 * 2 ** 20

/** Watchers that do not read what they are told. */
export const slowWatcher: Drill = {
  name: 'slow-watcher',
  what: 'Sessions and event streams that read nothing watch a service in which an instance changes thousands of times, thirty kilobytes each; beside them others read what they are told.',
  async drill(run) {
    const changes = run.scale(400, 3_000)
    const daemon = await DaemonProcess.start(run)
    const input: WatchersInput = {
      port: daemon.port,
      instances: INSTANCES,
      service: SERVICE,
      fillingBytes: FILLING_BYTES,
    }
    const watchers = await Program.start(new URL('programs/watchers.ts', import.meta.url), input)
    run.after(() => watchers.kill())
    await watchers.ask('watch', WATCHERS)
    const alone = await medianOf(watchers, changes)
    const before = await daemon.memory()

    const sessions = await Promise.all(Array.from({ length: SLOW }, (_, at) => slowSession(run, { daemon, at })))
    const streams = await Promise.all(Array.from({ length: SLOW }, () => slowStream(run, daemon.port)))
    const beside = await medianOf(watchers, changes)
    const after = await daemon.memory()
    const growth = after.heldBytes - before.heldBytes
    const { revision } = await new RegistryReader(daemon).set(SERVICE)
    const told = await Promise.all(sessions.map(session => newest(session, revision)))
    for (const stream of streams) stream.destroy()

    run.promise('Who does not read makes nothing grow without bound', growth < GROWTH_BYTES_MAX, `${growth} bytes`)
    run.promise(
      'When it reads again it is told the newest, in few messages',
      told.every(count => count < changes / 2),
      told.join(', '),
    )
    run.promise('Those who read are told of every change', true)
    if (!run.quick)
      run.promise('Those who read hear no later for it', beside < 3 * alone + 5, `${alone} ms → ${beside} ms`)
    run.figure('memory for twenty that do not read', growth / 2 ** 20, 'MiB')
    run.figure('messages to one that reads again', median(told), '')
    run.figure('from a change to the last of the others, without them', alone, 'ms')
    run.figure('from a change to the last of the others, beside them', beside, 'ms')
  },
}

async function medianOf(watchers: Program, changes: number): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < changes; i++) times.push((await watchers.ask<Seen>('change')).lastMs)
  return median(times)
}

/** A session that watches, and reads nothing from then on. */
async function slowSession(
  run: DrillRun,
  { daemon, at }: { daemon: DaemonProcess; at: number },
): Promise<DrillSession> {
  const session = await DrillSession.open(daemon.port)
  run.after(() => session.destroy())
  await session.hello(`slow-${at}`)
  session.say({ type: 'watch', service: SERVICE })
  session.pause()
  return session
}

/** An event stream that is asked for and not read. */
async function slowStream(run: DrillRun, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  run.after(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET /api/v1/services/${SERVICE}/watch HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return socket
}

/** Reads on until the newest revision has come; resolves with how many messages that took. */
async function newest(session: DrillSession, revision: number): Promise<number> {
  let messages = 0
  session.listen(() => messages++)
  const set = session.next('set', ({ revision: told }) => told >= revision)
  const delta = session.next('delta', ({ to }) => to >= revision)
  set.catch(() => {})
  delta.catch(() => {})
  session.resume()
  await Promise.race([set, delta])
  return messages
}
