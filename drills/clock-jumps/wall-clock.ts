import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, systemClock, type Timer } from '../../src/core/clock.ts'
import { engineFolder, engineNamed, platform } from '../../tools/engines/find.ts'

const HOUR_MS = 3_600_000

/** A Clock whose date can be set, as an operator or a time server sets that of a machine; the time that passes is the machine's. */
export class SettableClock implements Clock {
  #offsetMs = 0

  now(): number {
    return systemClock.now()
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return systemClock.schedule(delayMs, callback)
  }

  wallTime(): number {
    return systemClock.wallTime() + this.#offsetMs
  }

  /** Sets it so many hours from what it really is. */
  set(hours: number): void {
    this.#offsetMs = hours * HOUR_MS
  }
}

/** The environment in which a program believes in the time that `file` says, once `setFakeTime` has written it; or why there is none here. */
export function fakeTime(file: string): NodeJS.ProcessEnv | string {
  try {
    const library = libraryPath()
    if (!existsSync(library)) return 'libfaketime is not installed: run "npm run engines -- faketime"'
    const env = {
      LD_PRELOAD: library,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
    }
    setFakeTime(file, 6)
    return believesIt(env) ? env : 'libfaketime does not work with this Node'
  } catch (error) {
    return (error as Error).message
  }
}

/** Sets the time of those who go by `file` so many hours from what it really is. */
export function setFakeTime(file: string, hours: number): void {
  writeFileSync(file, `${hours < 0 ? '' : '+'}${hours}h\n`)
}

function libraryPath(): string {
  const root = engineFolder(engineNamed('faketime'))
  return join(root, 'usr/lib', platform().triplet, 'faketime/libfaketime.so.1')
}

function believesIt(env: NodeJS.ProcessEnv): boolean {
  const { stdout } = spawnSync(process.execPath, ['-p', 'Date.now()'], { env: { ...process.env, ...env } })
  return Number(stdout.toString()) > Date.now() + 5 * HOUR_MS
}
