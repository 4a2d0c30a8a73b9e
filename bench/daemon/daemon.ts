import { Program } from '../harness/program.ts'
import type { RegistryProgram, RegistrySystem } from './registry-contender.ts'

/** The registry daemon as one process with its data on disk, by the client that users have: `DaemonRegistry`. */
export const daemon: RegistrySystem = {
  name: 'ropewalk registry',
  start: startDaemon,
  load: 'registry-load.ts',
  watchers: 'registry-watchers.ts',
}

/** The same daemon by the barest client there can be. */
export const daemonBare: RegistrySystem = {
  name: 'ropewalk registry (bare)',
  start: startDaemon,
  load: 'session-load.ts',
  watchers: 'session-watchers.ts',
}

async function startDaemon(): Promise<RegistryProgram> {
  const program = await Program.start<{ port: number }>(new URL('programs/daemon.ts', import.meta.url))
  return {
    port: program.facts.port,
    cpuMs: () => program.cpuMs(),
    async close() {
      await program.ask('stop')
      await program.close()
    },
  }
}
