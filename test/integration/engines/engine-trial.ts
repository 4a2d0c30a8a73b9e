import type { Clock } from '../../../src/core/clock.ts'
import type { Registry } from '../../../src/discovery/registry.ts'

/** An engine as the bad days need it. */
export interface EngineTrial {
  /** The registry that is tried, for titles. */
  readonly title: string
  /** Its name in the table of engines. */
  readonly engine: string
  /** The TTL of the instances, in milliseconds: short, but long enough for a busy machine. */
  readonly ttlMs: number
  start(): Promise<TrialServer>
  /** The URL of a registry at that port of 127.0.0.1. */
  url(port: number): string
  /** The registry at that port. */
  open(port: number, options: { clock: Clock }): Registry
}

/** A server of the engine: an `EngineServer`, but for the names of its ports. */
export interface TrialServer {
  /** Where its users connect to. */
  readonly port: number
  kill(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  restart(options?: { empty?: boolean }): Promise<void>
  stop(): Promise<void>
}
