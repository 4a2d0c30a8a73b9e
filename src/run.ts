import { type RunOptions, runApplication } from './application/run.ts'
import type { Service } from './application/service.ts'

let isLogging = false

/**
 * Runs `application` in the foreground as `runApplication` does, and logs what happens in this process to stderr, from the first call on: as the
 * environment's `ROPEWALK_LOG` and `ROPEWALK_LOG_FORMAT` say. Rejects with `InvalidLogSettingError`, before anything is started, when they say
 * something else than they may.
 */
export async function run(application: Service, options: RunOptions = {}): Promise<number> {
  const { logToStderr } = await import('./telemetry/log.ts')
  if (!isLogging) logToStderr()
  isLogging = true
  return runApplication(application, options)
}
