import { join } from 'node:path'
import { ConsulFrontend } from '../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'
import { DaemonProcess, temporaryFolder } from '../harness/daemon-process.ts'
import type { DrillRun } from '../harness/drill-run.ts'
import { fakeTime, SettableClock, setFakeTime } from './wall-clock.ts'

/** A registry daemon whose date can be set. */
export interface DatedDaemon {
  readonly url: string
  readonly port: number
  /** Sets its date so many hours from what it really is. */
  set(hours: number): void
  /** Stops it and starts it again, with its data. */
  restart(): Promise<void>
}

/** One in this process, with a clock of its own. */
export async function injectedDaemon(run: DrillRun): Promise<DatedDaemon> {
  const clock = new SettableClock()
  const dataPath = await temporaryFolder(run)
  const make = (port: number) =>
    new RegistryDaemon({
      endpoint: `tcp:${port}:interface=127.0.0.1`,
      dataPath,
      clock,
      frontends: [new RestFrontend(), new ConsulFrontend()],
    })
  let daemon = make(0)
  run.after(() => daemon.stop())
  await daemon.start()
  const url = () => (daemon.endpoints[0] ?? '').replace('tcp:', 'http:')
  const port = Number(new URL(url()).port)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    set: hours => clock.set(hours),
    async restart() {
      await daemon.stop()
      daemon = make(port)
      await daemon.start()
    },
  }
}

/** One in a process of its own that libfaketime deceives; or why there is none here. */
export async function deceivedDaemon(run: DrillRun): Promise<DatedDaemon | string> {
  const folder = await temporaryFolder(run)
  const file = join(folder, 'faketime')
  const env = fakeTime(file)
  if (typeof env === 'string') return env
  setFakeTime(file, 0)
  const daemon = await DaemonProcess.start(run, { dataPath: join(folder, 'data'), env })
  // Killed, it would leave what libfaketime has in the memory that processes share.
  run.after(() => daemon.stop().catch(() => {}))
  return {
    url: daemon.url,
    port: daemon.port,
    set: hours => setFakeTime(file, hours),
    async restart() {
      await daemon.stop()
      await daemon.restart()
    },
  }
}
