import { Program } from '../../bench/harness/program.ts'
import type { ClientsInput } from '../programs/clients.ts'
import type { DrillRun } from './drill-run.ts'

/** Starts clients in a process of their own, which is gone after the drill; ready when all have registered. */
export async function startClients(run: DrillRun, input: ClientsInput): Promise<Program> {
  const clients = await Program.start(new URL('../programs/clients.ts', import.meta.url), input)
  run.after(() => clients.kill())
  return clients
}
