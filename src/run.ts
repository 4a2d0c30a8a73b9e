import { EXIT } from './application/exit-status.ts'
import { type RunOptions, runApplication } from './application/run.ts'
import type { Service } from './application/service.ts'

let isLogging = false

/**
 * Runs `application` in the foreground as `runApplication` does, and logs what happens in this process to stderr, from the first call on: as the
 * environment's `ROPEWALK_LOG` and `ROPEWALK_LOG_FORMAT` say. When they say something else than they may, nothing is started: it says so on stderr
 * and resolves with `EX_CONFIG`. Never rejects.
 */
export async function run(application: Service, options: RunOptions = {}): Promise<number> {
  const { logToStderr } = await import('./telemetry/log.ts')
  try {
    if (!isLogging) logToStderr()
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    return (process.exitCode = EXIT.EX_CONFIG)
  }
  isLogging = true
  return runApplication(application, options)
}
