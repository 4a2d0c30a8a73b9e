import type { Engine } from './engines.ts'
import { EngineMissingError } from './find.ts'
import { installEngine, neededEngines } from './install.ts'
import { missingEngine } from './missing.ts'

/**
 * What the test command does once before all tests: it brings the engines that tests run against. One that cannot be had is no failure:
 * its tests are skipped, with the reason.
 */
export async function globalSetup(): Promise<void> {
  await bringEngines(line => console.log(line))
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
