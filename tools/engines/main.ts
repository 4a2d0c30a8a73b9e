import { ENGINES, type Engine } from './engines.ts'
import { EngineMissingError, engineFolder, engineNamed } from './find.ts'
import { installEngine } from './install.ts'
import { machineHasJava } from './java.ts'

/*
 * npm run engines [NAME…]: brings the engines that tests and benchmarks run beside ours into the cache folder, without root.
 * Exits with 69 (unavailable) when one cannot be had.
 */

try {
  const names = process.argv.slice(2)
  for (const engine of names.length > 0 ? names.map(engineNamed) : neededEngines()) {
    console.log(`${engine.name}: ${await installEngine(engine)} (${engineFolder(engine)})`)
  }
} catch (error) {
  if (!(error instanceof EngineMissingError)) throw error
  console.error(error.message)
  process.exitCode = 69
}

function neededEngines(): Engine[] {
  return ENGINES.filter(({ name }) => name !== 'java' || !machineHasJava())
}
