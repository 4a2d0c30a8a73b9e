/** One way to find out whether something can do its work. */
export interface HealthCheck {
  /** What it checks, for people. */
  readonly name: string
  /** Resolves when all is well and rejects with what is not. To be given up when `signal` aborts, which counts as not well; it is not waited for then. */
  check(options: { signal: AbortSignal }): Promise<void>
}
