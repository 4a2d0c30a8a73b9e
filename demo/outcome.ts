import type { DemoProcess } from './demo-process.ts'
import type { Crash } from './scenes.ts'
import { percentile, round } from './tally.ts'

/** What is asked of a process: what it told, and since when it runs. */
type Told = Pick<DemoProcess, 'told' | 'startedAt'>

/** The demo's tally. Times in milliseconds; a time that was not seen is null. */
export interface Outcome {
  readonly requests: number
  readonly failed: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The median time from SIGKILL to the last moment a resolver of a caller would still pick the instance. */
  readonly crashToUnpickedMs: number | null
  /** The median time a drain took to be acknowledged by every watcher. */
  readonly drainAcknowledgedMs: number | null
  /** The median time from the start of a process to its first request answered. */
  readonly startToFirstRequestMs: number | null
  /** Drains that were not acknowledged by every watcher within their limit. */
  readonly drainsUnacknowledged: number
  /** Requests that arrived at an instance after its drain was acknowledged, all instances together. */
  readonly requestsAfterDrain: number
  readonly failures: Readonly<Record<string, number>>
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const median = (values: readonly number[]): number | null => (values.length ? round(percentile(values, 0.5)) : null)

/** When the last resolver that knew `id` stopped offering it, after the crash. */
function unpickedAfterMs(processes: readonly Told[], { id, at }: Crash): number[] {
  const perResolver = processes.flatMap(each => {
    const sets = each.told('pickable')
    const knew = sets.some(set => set.at <= at && set.ids.includes(id))
    const without = sets.find(set => set.at > at && !set.ids.includes(id))
    return knew && without ? [without.at - at] : []
  })
  return perResolver.length ? [Math.max(...perResolver)] : []
}

/** Adds up what the processes told. */
export function outcomeOf(processes: readonly Told[], load: Told, crashes: readonly Crash[]): Outcome {
  const [result] = load.told('result')
  if (!result) throw new Error('The load generator ended without a result')
  const drains = processes.flatMap(each => each.told('drained'))
  const firsts = processes.flatMap(each => each.told('first-request').map(({ at }) => at - each.startedAt))
  return {
    requests: result.requests,
    failed: result.failed,
    p50Ms: round(percentile(result.latencies, 0.5)),
    p99Ms: round(percentile(result.latencies, 0.99)),
    crashToUnpickedMs: median(crashes.flatMap(crash => unpickedAfterMs(processes, crash))),
    drainAcknowledgedMs: median(drains.map(({ tookMs }) => tookMs)),
    startToFirstRequestMs: median(firsts),
    drainsUnacknowledged: drains.filter(({ acknowledged }) => !acknowledged).length,
    requestsAfterDrain: sum(processes.flatMap(each => each.told('stopped').map(told => told.requestsAfterDrain))),
    failures: result.failures,
  }
}
