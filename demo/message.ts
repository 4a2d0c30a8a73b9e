/** What the demo's processes tell the one that started them, over Node's IPC channel. Moments are milliseconds since 1970, with a fraction. */
export type DemoMessage =
  /** The process can be found by its callers. */
  | { type: 'registered'; id: string }
  /** The first request has been answered. */
  | { type: 'first-request'; at: number }
  /** On the way down: how the drain went. */
  | { type: 'drained'; tookMs: number; acknowledged: boolean; watchers: number }
  /** At the end: requests that arrived although every watcher had acknowledged the drain. */
  | { type: 'stopped'; requestsAfterDrain: number }
  /** A resolver in this process has a new set; these ids it would pick for new work, in ordinary times. */
  | { type: 'pickable'; ids: string[]; at: number }
  /** The load generator's running count. */
  | { type: 'count'; requests: number; failed: number; failures: Record<string, number> }
  /** The load generator's last word. Latencies in milliseconds from the moment a request was due. */
  | { type: 'result'; requests: number; failed: number; failures: Record<string, number>; latencies: number[] }

/** The present moment, to compare between processes of one machine. */
export const moment = (): number => performance.timeOrigin + performance.now()

/** Tells the parent process, if there is one that listens. */
export function tell(message: DemoMessage): void {
  if (process.connected) process.send?.(message)
}

/** Lets the process end by itself, and makes it end when its parent has. */
export function followParent(): void {
  process.channel?.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
