import { type RunOptions, runApplication } from './application/run.ts'
import type { Service } from './application/service.ts'

/** As `runApplication`, with structured logs of everything that happens on stderr. */
export async function run(application: Service, options: RunOptions = {}): Promise<number> {
  const { logToStderr } = await import('./telemetry/log.ts')
  logToStderr()
  return runApplication(application, options)
}
