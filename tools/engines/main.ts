import { EngineMissingError, engineFolder, engineNamed } from './find.ts'
import { installEngine, neededEngines } from './install.ts'

/*
 * npm run engines [NAME…]: brings the engines that tests and benchmarks run beside ours into the cache folder, without root.
 * Exits with 69 (unavailable) when one cannot be had, once it has tried the others.
 */

const names = process.argv.slice(2)
try {
  for (const engine of names.length > 0 ? names.map(engineNamed) : neededEngines('all')) {
    try {
      console.log(`${engine.name}: ${await installEngine(engine)} (${engineFolder(engine)})`)
    } catch (error) {
      unavailable(error, `${engine.name}: `)
    }
  }
} catch (error) {
  unavailable(error)
}

function unavailable(error: unknown, prefix = ''): void {
  if (!(error instanceof EngineMissingError)) throw error
  console.error(`${prefix}${error.message}`)
  process.exitCode = 69
}
