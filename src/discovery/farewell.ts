import { abortable, sleep, timeLimit, type Abortable } from '../core/abort.ts'
import { allRead } from '../core/all-read.ts'
import type { Clock } from '../core/clock.ts'
import { elapsedMs } from '../core/elapsed.ts'
import { publish } from '../core/event.ts'
import { LeaseLostError } from './errors.ts'
import type { DrainReport, Lease } from './lease.ts'

/** How much longer than `drainMs` a registry may take to say how the drain went. */
const DRAIN_ANSWER_MS = 1000

/** How long consumers are given to act on a drain that was broken off, in milliseconds: as long as a daemon gives those who cannot acknowledge. */
const QUIET_MS = 1000

/** How long the deregistration may take. */
const REVOKE_MS = 2000

/** How to say farewell. */
export interface FarewellOptions extends Abortable {
  /** The longest wait for acknowledgements, in milliseconds. */
  drainMs: number
  clock: Clock
}

/**
 * Drains an Instance and deregisters it; resolves with how the drain went. Bounded by its limits and by `signal`, and never rejects: what
 * cannot be done is told of by an event, and the claim then lapses by itself.
 *
 * When the report says `acknowledged`, no new request arrives: every consumer has written its last one before it acknowledged, and
 * what had been written then has been read by this process.
 *
 * Where the lease is lost meanwhile, because the front or the daemon that held it was replaced or somebody has taken the instance out, nobody can be
 * told any more who has acknowledged: consumers are given a second, or what is left of `drainMs`.
 */
export async function sayFarewell(lease: Lease, options: FarewellOptions): Promise<DrainReport> {
  const report = await drain(lease, options)
  await revoke(lease, options)
  return report
}

async function drain(lease: Lease, { drainMs, clock, signal }: FarewellOptions): Promise<DrainReport> {
  const begin = clock.now()
  using limit = timeLimit(clock, drainMs + DRAIN_ANSWER_MS, { signal })
  try {
    const report = await abortable(lease.drain({ drainMs, signal: limit.signal }), limit.signal)
    // A consumer writes its last request before it acknowledges, but this process may read the acknowledgement first.
    if (report.acknowledged) await allRead()
    tellDrained(lease, report)
    return report
  } catch (error) {
    tell(lease, { level: 'warn', event: 'instance.drain-failed', message: 'could not be drained: going on', error })
    const leftMs = Math.min(QUIET_MS, begin + drainMs - clock.now())
    if (error instanceof LeaseLostError && leftMs > 0) await sleep(clock, leftMs, limit).catch(ignore)
    return { acknowledged: false, watchers: 0, missing: [], tookMs: elapsedMs(clock, begin) }
  }
}

async function revoke(lease: Lease, { clock, signal }: FarewellOptions): Promise<void> {
  using limit = timeLimit(clock, REVOKE_MS, { signal })
  try {
    await abortable(lease.revoke({ signal: limit.signal }), limit.signal)
    tell(lease, { level: 'info', event: 'instance.deregistered', message: 'was deregistered' })
  } catch (error) {
    const message = 'could not be deregistered: its lease will lapse'
    tell(lease, { level: 'warn', event: 'instance.abandoned', message, error })
  }
}

function tellDrained(lease: Lease, report: DrainReport): void {
  const { acknowledged, watchers, missing, tookMs } = report
  const missed = acknowledged ? '' : `; no word from ${missing.join(', ')}`
  const message = `was drained in ${Math.round(tookMs)} ms, ${watchers} watchers${missed}`
  tell(lease, { level: acknowledged ? 'info' : 'warn', event: 'instance.drained', message, report })
}

function tell({ instance: { serviceName, id } }: Lease, { message, ...event }: Parameters<typeof publish>[1]): void {
  publish('discovery', { ...event, message: `The instance "${id}" of "${serviceName}" ${message}`, serviceName, id })
}

function ignore(): void {}
