import type { Contender } from '../harness/benchmark.ts'
import { Program } from '../harness/program.ts'

const ROUND_MS = 1000

/** What makes the calls, and to whom, as files in programs/. */
export interface Calls {
  readonly caller: string
  /** Default `backends.ts`. */
  readonly backends?: string
  /** What the caller is told besides the ports of the back ends. */
  readonly input?: Readonly<Record<string, unknown>>
}

/** A client process with 64 calls in flight to three back ends in another; its figure is calls per CPU second of the client. */
export function caller(name: string, { caller: file, backends = 'backends.ts', input = {} }: Calls): Contender {
  return {
    name,
    async open() {
      const servers = await Program.start<{ ports: readonly number[] }>(program(backends))
      const client = await Program.start(program(file), { ...servers.facts, ...input })
      return {
        measure: () => client.ask<number>('run', ROUND_MS),
        async close() {
          await client.close()
          await servers.close()
        },
      }
    },
  }
}

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
