import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryFolder } from '../memory-folder.ts'
import type { Engine } from './engines.ts'
import { EngineMissingError } from './find.ts'
import { installEngine, neededEngines } from './install.ts'
import { missingEngine } from './missing.ts'

let folder: string | undefined

/**
 * What the test command does once before all tests. It leads temporary folders into memory where there is room: no test kills the machine, so none
 * needs the disk, which stalls for seconds when many wait for it at once. It has Node keep there what it compiled, for the processes to come. And it brings
 * the engines that tests run against. One that cannot be had is no failure: its tests are skipped, with the reason.
 */
export async function globalSetup(): Promise<void> {
  if (process.env['TMPDIR'] === undefined) folder = await memoryFolder()
  if (folder !== undefined) {
    process.env['TMPDIR'] = folder
    process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled')
  }
  await bringEngines(line => console.log(line))
}

/** Removes what tests have left in memory. */
export async function globalTeardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 10 })
}

/** Brings the engines that tests run against, and tells `say` of those that are new or cannot be had. */
export async function bringEngines(say: (line: string) => void): Promise<void> {
  const missing = neededEngines('tests').filter(({ name }) => missingEngine(name) !== false)
  if (missing.length > 0) say(`Bringing the engines ${missing.map(({ name }) => name).join(', ')}, once …`)
  await Promise.all(missing.map(engine => bring(engine, say)))
}

async function bring(engine: Engine, say: (line: string) => void): Promise<void> {
  try {
    await installEngine(engine)
  } catch (error) {
    if (!(error instanceof EngineMissingError)) throw error
    say(`Tests that need ${engine.name} are skipped. ${error.message}`)
  }
}
