import type { Contender, Subject } from './benchmark.ts'
import { Program } from './program.ts'

const ROUND_MS = 1000
const CONNECTIONS = 64

/** A server in a process of its own. */
export interface ServerProgram {
  readonly port: number
  /** The CPU time it has used so far, in milliseconds. */
  cpuMs(): Promise<number>
  close(): Promise<void>
}

/** In a request: the number of this request modulo `IDS`, in seven digits. */
export const ID = '%THE-ID'

/** In a request: the number of this request, in seven digits. */
export const NUMBER = '%NUMBER'

/** How many different values there are of `ID`. */
export const IDS = 1_000

/** What is said to a server over and over, and what its reply must hold. All replies must have one length. */
export interface Exchange {
  readonly request: string
  readonly expected: string
}

/**
 * A server under 64 connections that say `exchange` one after the other, from a process of its own. Its figure is *replies per CPU
 * second of the server*: what the server itself costs, whoever else is busy on the machine.
 */
export function serverContender(name: string, start: () => Promise<ServerProgram>, exchange: Exchange): Contender {
  return {
    name,
    async open() {
      const server = await start()
      const load = await Program.start(new URL('ping-pong-load.ts', import.meta.url), {
        ...exchange,
        port: server.port,
        connections: CONNECTIONS,
      })
      return underLoad(server, load)
    },
  }
}

/** The server that runs in the Program of `file`, which tells its `port` when it is ready. */
export async function nodeServer(file: URL): Promise<ServerProgram> {
  const program = await Program.start<{ port: number }>(file)
  return { port: program.facts.port, cpuMs: () => program.cpuMs(), close: () => program.close() }
}

function underLoad(server: ServerProgram, load: Program): Subject {
  return {
    async measure() {
      const before = await server.cpuMs()
      const replies = await load.ask<number>('run', ROUND_MS)
      return (replies * 1000) / ((await server.cpuMs()) - before)
    },
    async close() {
      await load.close()
      await server.close()
    },
  }
}
