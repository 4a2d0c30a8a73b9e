import { Program } from '../harness/program.ts'
import type { RegistrySystem } from './registry-contender.ts'

/** Two processes that know no registry: one writes what it gets to many connections, the other reads from them. The floor of all that Node can do. */
export const bareProcesses: Omit<RegistrySystem, 'load'> = {
  name: 'two bare processes',
  watchers: new URL('programs/bare-readers.ts', import.meta.url),
  async start() {
    const program = await Program.start<{ port: number }>(new URL('programs/bare-hub.ts', import.meta.url))
    return { port: program.facts.port, cpuMs: () => program.cpuMs(), close: () => program.close() }
  },
}
