import type { Bound } from './bound.ts'

/** One of the things that are compared: a program and its load, or a piece of code. */
export interface Contender {
  readonly name: string
  /** Makes it ready to be measured. Rejects with `EngineMissingError` when it cannot be had on this machine. */
  open(): Promise<Subject>
}

/** A Contender that is ready. Costs nothing while it is not being measured. */
export interface Subject {
  /** One round, of about a second. Resolves with the figure in the Benchmark's unit. */
  measure(): Promise<number>
  /** Ends all it started: processes by their id, files, connections. */
  close(): Promise<void>
}

/** What is to be reached. Compared with a peer, the ratio is `ours ÷ theirs`; without one, our figure itself is bound. */
export interface Goal {
  readonly against?: Contender
  readonly bound: Bound
}

/** Something of ours that is measured beside its peers, in rounds that alternate. Each of its goals becomes one row. */
export interface Benchmark {
  /** The folder of `src/` that is measured. */
  readonly area: string
  readonly name: string
  /** What is counted, per what: `requests per CPU second of the server`. */
  readonly unit: string
  readonly ours: Contender
  readonly goals: readonly Goal[]
  /** Rounds that are not counted, in which engines and compilers warm up. Default 6. */
  readonly warmUpRounds?: number
  /** The most rounds there are any use for. Default: as many as are asked for. */
  readonly roundsMax?: number
}
