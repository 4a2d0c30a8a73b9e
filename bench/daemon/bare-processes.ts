import { Program } from '../harness/program.ts'
import type { RegistryProgram, RegistrySystem } from './registry-contender.ts'

const name = 'two bare processes'

/** Two processes that know no registry: one writes what it gets to many connections, the other reads from them. The floor of all that Node can do. */
export const bareProcesses: Omit<RegistrySystem, 'load'> = {
  name,
  start: () => startBare('bare-hub.ts'),
  watchers: program('bare-readers.ts'),
}

/** Two processes that know no registry: one answers whatever the other says, and neither looks at it. The floor of a renewal. */
export const bareRenewals: Omit<RegistrySystem, 'watchers'> = {
  name,
  start: () => startBare('bare-echo.ts'),
  load: program('bare-askers.ts'),
}

/** Two processes that know no registry: one keeps on its disk whatever the other says. The floor of a registration. */
export const bareRegistrations: Omit<RegistrySystem, 'watchers'> = {
  name,
  start: () => startBare('bare-keeper.ts'),
  load: program('bare-askers.ts'),
}

async function startBare(file: string): Promise<RegistryProgram> {
  const running = await Program.start<{ port: number }>(program(file))
  return { port: running.facts.port, cpuMs: () => running.cpuMs(), close: () => running.close() }
}

function program(file: string): URL {
  return new URL(`programs/${file}`, import.meta.url)
}
