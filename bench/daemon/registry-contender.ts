import type { Contender } from '../harness/benchmark.ts'
import { Program } from '../harness/program.ts'

/** A registry that runs, in a process of its own. */
export interface RegistryProgram {
  readonly port: number
  close(): Promise<void>
}

/** A load on a registry: which file in programs/, what it is told besides the port, and what it is asked in each round. */
export interface RegistryLoad {
  readonly file: string
  readonly input: Readonly<Record<string, unknown>>
  readonly method: string
  readonly argument: unknown
}

/** A registry under a load from another process; its figure is what the load answers. */
export function registryContender(name: string, start: () => Promise<RegistryProgram>, load: RegistryLoad): Contender {
  return {
    name,
    async open() {
      const registry = await start()
      const file = new URL(`programs/${load.file}`, import.meta.url)
      const program = await Program.start(file, { port: registry.port, ...load.input })
      return {
        measure: () => program.ask<number>(load.method, load.argument),
        async close() {
          await program.close()
          await registry.close()
        },
      }
    },
  }
}
