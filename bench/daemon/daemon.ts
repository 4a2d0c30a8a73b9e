import { Program } from '../harness/program.ts'
import type { RegistryProgram, RegistrySystem } from './registry-contender.ts'

/** The registry daemon as one process with its data on disk, by the client that users have: `DaemonRegistry`. */
export const daemon: RegistrySystem = {
  name: 'ropewalk registry',
  start: startDaemon,
  load: program('registry-load.ts'),
  watchers: program('registry-watchers.ts'),
}

/** The same daemon by the barest client there can be. */
export const daemonBare: RegistrySystem = {
  name: 'ropewalk registry (bare)',
  start: startDaemon,
  load: program('session-load.ts'),
  watchers: program('session-watchers.ts'),
}

async function startDaemon(): Promise<RegistryProgram> {
  const running = await Program.start<{ port: number }>(program('daemon.ts'))
  return {
    port: running.facts.port,
    cpuMs: () => running.cpuMs(),
    async close() {
      await running.ask('stop')
      await running.close()
    },
  }
}

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
