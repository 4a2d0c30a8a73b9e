/** Where the demo keeps its instances: a process that can be killed, and come back. */
export interface DemoRegistry {
  /** For `ROPEWALK_REGISTRY`. */
  readonly url: string
  /** Resolves when it serves. */
  start(options: { empty: boolean }): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Ends it, if it still runs. */
  stop(): Promise<void>
}
