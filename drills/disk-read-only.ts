import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { SmallDisk } from './harness/small-disk.ts'

const DISK_BYTES = 8 * 2 ** 20
const BODY = { endpoints: ['tcp://127.0.0.1:1'], ttlMs: 600_000 }

/** Nobody may write to the disk with the data any more. */
export const diskReadOnly: Drill = {
  name: 'disk-read-only',
  what: 'The disk with the data of the daemon is read-only when it is started; then it may be written again.',
  async drill(run) {
    const disk = await SmallDisk.mount(run, DISK_BYTES)
    if (!(disk instanceof SmallDisk)) return run.skip(`a read-only disk: ${disk}`)
    const dataPath = join(disk.path, 'data')
    const daemon = await DaemonProcess.start(run, { dataPath })
    const reader = new RegistryReader(daemon)
    for (let number = 0; number < 20; number++) await reader.put(`/services/users/instances/u${number}`, BODY)
    await daemon.stop()
    const before = await contents(dataPath)
    await disk.makeReadOnly()
    const refusal = await daemon.restart().then(
      () => 'it started',
      (error: unknown) => String(error),
    )
    const said = refusal.includes(`data in ${dataPath}`) && refusal.includes('EROFS')
    run.promise('The daemon does not start without being able to keep anything, and says why', said, refusal)
    run.promise('The data are as they were', (await contents(dataPath)) === before)
    await daemon.kill()
    await disk.makeWritable()
    await daemon.restart()
    const { instances, settled } = await reader.set('users')
    run.promise(
      'It has all its data when it can write again',
      instances.length === 20 && settled,
      `${instances.length}`,
    )
    await daemon.kill()
  },
}

/** All files of a folder, with what is in them. */
async function contents(folder: string): Promise<string> {
  const names = (await readdir(folder)).toSorted()
  const texts = await Promise.all(names.map(async name => `${name}\n${await readFile(join(folder, name), 'latin1')}`))
  return texts.join('\n')
}
