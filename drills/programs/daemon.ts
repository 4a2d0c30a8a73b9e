import { flushCompileCache } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { ConsulFrontend } from '../../src/daemon/consul/consul-frontend.ts'
import { DnsServer } from '../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'
import { answer, input } from '../../bench/harness/answer.ts'

/* A registry daemon with all its ways in, as `ropewalk registry` runs it. It starts when it is told to, so that it can wait for that with everything loaded. */

const LAG_RESOLUTION_MS = 5
const EVENTS_MAX = 1_000

/** How the daemon is run. */
export interface DaemonInput extends Pick<RegistryDaemonOptions, 'dataPath' | 'graceMs' | 'preservation' | 'pingMs'> {
  /** Whether it answers DNS as well, on a port that is free. Default false. */
  readonly dns?: boolean | undefined
}

const { dns: hasDns = false, ...options } = input() as DaemonInput
const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
const events: Pick<RopewalkEvent, 'event' | 'message'>[] = []
for (const area of ['daemon', 'web'] as const) {
  observe(area, ({ level, event, message, error }) => {
    if (level === 'debug' || events.length >= EVENTS_MAX) return
    events.push({ event, message: error instanceof Error ? `${message}: ${error.stack}` : message })
  })
}
let daemon: RegistryDaemon | undefined
let dns: DnsServer | undefined

// For the next of them, because this one may be killed.
flushCompileCache()

answer(
  { pid: process.pid },
  { start, stop, memory, lag: takeLag, events: () => events, status: () => daemon?.status, dnsPort },
)

/** Listens on this port, 0 for any that is free, and tells which. */
async function start(port: number): Promise<number> {
  const consul = new ConsulFrontend()
  dns = hasDns ? dnsServer(consul) : undefined
  daemon = new RegistryDaemon({
    endpoint: `tcp:${port}:interface=127.0.0.1`,
    frontends: [new RestFrontend(), consul],
    ...(dns && { dns }),
    ...options,
  })
  await daemon.start()
  lag.enable()
  return Number(new URL(daemon.endpoints[0] ?? '').port)
}

function dnsServer(consul: ConsulFrontend): DnsServer {
  const endpoint = 'tcp:0:interface=127.0.0.1'
  return new DnsServer({ endpoint, catalog: (_context, defaults) => consul.dnsCatalog(defaults) })
}

/** Where it answers DNS; 0 where it does not. */
function dnsPort(): number {
  return dns?.endpoint.port ?? 0
}

async function stop(): Promise<void> {
  await daemon?.stop()
}

/** What it occupies, in bytes, when everything that is garbage has been collected. */
async function memory(): Promise<Memory> {
  for (let i = 0; i < 3; i++) await globalThis.gc?.({ type: 'major', execution: 'async' })
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heldBytes: heapUsed + external, residentBytes: rss }
}

/** How late the event loop was since this was last asked for, in milliseconds. */
function takeLag(): Lag {
  const taken = { p99Ms: beyond(lag.percentile(99)), maxMs: beyond(lag.max) }
  lag.reset()
  return taken
}

function beyond(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS)
}

/** What a daemon occupies: by what is alive in it, and as the operating system sees it. */
export interface Memory {
  readonly heldBytes: number
  readonly residentBytes: number
}

/** How late an event loop was. */
export interface Lag {
  readonly p99Ms: number
  readonly maxMs: number
}
