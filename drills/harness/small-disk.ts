import { execFile, spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './daemon-process.ts'
import type { DrillRun } from './drill-run.ts'

const run = promisify(execFile)

/** A disk of its own for a drill, held in memory, gone after it. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** One of so many bytes; or why there can be none here. */
  static async mount(drill: DrillRun, bytes: number): Promise<SmallDisk | string> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may mount a disk'
    const path = join(await temporaryFolder(drill), 'disk')
    await mkdir(path)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
    } catch (error) {
      return `a disk cannot be mounted here: ${(error as Error).message.trim()}`
    }
    // Also when the drill is interrupted, and before the folder is removed.
    const abandon = () => void spawnSync('umount', ['--lazy', path])
    process.prependListener('exit', abandon)
    drill.after(async () => {
      process.off('exit', abandon)
      await run('umount', [path])
    })
    return new SmallDisk(path)
  }

  /** Lets nobody write to it any more. Rejects while a file on it is open for writing. */
  async makeReadOnly(): Promise<void> {
    await run('mount', ['-o', 'remount,ro', this.path])
  }

  /** Undoes it. */
  async makeWritable(): Promise<void> {
    await run('mount', ['-o', 'remount,rw', this.path])
  }
}
