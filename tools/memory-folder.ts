import { execFile } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const GIB = 1024 ** 3
/** Where Linux has a file system in memory that everybody may write to, and how `statfs` calls its type. */
const PLACE = '/dev/shm'
const TMPFS = 0x01021994

/** What there has to be for all temporary folders of a test run, with room to spare: of the file system, and of memory. */
export interface Room {
  readonly folderBytesMin: number
  readonly memoryBytesMin: number
}

const ROOM: Room = { folderBytesMin: 4 * GIB, memoryBytesMin: 10 * GIB }

/**
 * Makes a folder in memory, for files that need to outlive a process but no machine: what waits for the disk there does not wait. Undefined where there
 * is no such place, not the room in it, or where programs in it may not be run.
 */
export async function memoryFolder({ folderBytesMin, memoryBytesMin }: Room = ROOM): Promise<string | undefined> {
  const { type, bavail, bsize } = await statfs(PLACE).catch(() => ({ type: 0, bavail: 0, bsize: 0 }))
  if (type !== TMPFS || bavail * bsize < folderBytesMin || process.availableMemory() < memoryBytesMin) return undefined
  const folder = await mkdtemp(join(PLACE, 'ropewalk-')).catch(() => undefined)
  if (folder === undefined || (await runsPrograms(folder))) return folder
  await rm(folder, { recursive: true })
  return undefined
}

async function runsPrograms(folder: string): Promise<boolean> {
  const program = join(folder, 'program')
  await writeFile(program, '#!/bin/sh\n', { mode: 0o700 })
  const ran = await promisify(execFile)(program).then(
    () => true,
    () => false,
  )
  await rm(program)
  return ran
}
