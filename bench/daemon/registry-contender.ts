import type { Contender, Subject } from '../harness/benchmark.ts'
import { Program } from '../harness/program.ts'
import type { Done } from './programs/closed-loop.ts'

const ROUND_MS = 1000
const SESSIONS = 64
const CHANGES = 20

/** A registry that runs, in a process of its own. */
export interface RegistryProgram {
  readonly port: number
  /** The CPU time it has used so far, in milliseconds. */
  cpuMs(): Promise<number>
  close(): Promise<void>
}

/** A registry and the programs that make its load. */
export interface RegistrySystem {
  readonly name: string
  readonly start: () => Promise<RegistryProgram>
  readonly load: URL
  readonly watchers: URL
  /** What those programs are told besides. */
  readonly input?: object
}

/** What is asked of a registry. */
export type Method = 'register' | 'renew'

/** What a rate is counted per. */
export type Per = 'second' | 'CPU second of the server'

/** What is measured of a registry's rate. */
export interface Rate {
  readonly method: Method
  readonly per: Per
  /** How many instances each session has; each has one request in flight. */
  readonly instances: number
}

/** How often per second, or per CPU second, the instances of 64 sessions can be registered or renewed. */
export function rateOf(system: Omit<RegistrySystem, 'watchers'>, { method, per, instances }: Rate): Contender {
  const input = { sessions: SESSIONS, instances }
  return contender(system, { file: system.load, input }, async (load, registry) => {
    const before = await registry.cpuMs()
    const { count, elapsedMs } = await load.ask<Done>(method, ROUND_MS)
    const cpuMs = (await registry.cpuMs()) - before
    if (method === 'register') await load.ask('clear')
    return (count * 1000) / (per === 'second' ? elapsedMs : cpuMs)
  })
}

/** The median time until the last of so many watchers has seen a change, in milliseconds, of as many changes in a round. */
export function lastSeen(system: Omit<RegistrySystem, 'load'>, watchers: number, changes = CHANGES): Contender {
  return contender(system, { file: system.watchers, input: { watchers } }, load => load.ask('change', changes))
}

function contender(
  { name, start, input: more }: Pick<RegistrySystem, 'name' | 'start' | 'input'>,
  { file, input }: { file: URL; input: object },
  measure: (load: Program, registry: RegistryProgram) => Promise<number>,
): Contender {
  return { name, open }

  async function open(): Promise<Subject> {
    const registry = await start()
    const load = await Program.start(file, { port: registry.port, ...input, ...more })
    return {
      measure: () => measure(load, registry),
      async close() {
        await load.close()
        await registry.close()
      },
    }
  }
}
