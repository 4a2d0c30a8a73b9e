import { setTimeout as sleep } from 'node:timers/promises'
import { Application, run } from 'ropewalk'
import { Client } from 'ropewalk/client'
import { openRegistry } from 'ropewalk/registry'
import { followParent, moment, tell } from './message.ts'
import { SteadyLoad } from './steady-load.ts'

// The load generator: asks for `orders` by name. Counts as failed: a rejected call, a status of 500 or more, a wrong body.

const registry = await openRegistry()
const client = new Client({ registry, attemptTimeoutMs: 2_000, waitMs: 5_000 })
const latencies: number[] = []
const failures: Record<string, number> = {}
let failed = 0

function fail(cause: string): void {
  failed++
  failures[cause] = (failures[cause] ?? 0) + 1
}

async function ask(id: number, due: number): Promise<void> {
  try {
    const answer = await client.request(`http://orders/${id}`)
    const body = await answer.body.text()
    const expected = JSON.stringify({ order: `${id}`, user: { id: `${id}`, name: `User ${id}` } })
    if (answer.statusCode >= 500) fail(`status ${answer.statusCode}: ${body.slice(0, 200)}`)
    else if (body !== expected) fail(`wrong body: ${body.slice(0, 200)}`)
  } catch (error) {
    fail(String(error instanceof Error ? `${error.name}: ${error.message}` : error))
  }
  latencies.push(moment() - due)
}

/** Every process has to warm up: a load that is all there in its first moment would measure nothing but that. */
const RAMP_MS = 3_000

const load = new SteadyLoad({ perSecond: Number(process.env.REQUESTS_PER_SECOND ?? 700), rampMs: RAMP_MS }, ask)
const counting = setInterval(() => tell({ type: 'count', requests: latencies.length, failed, failures }), 200)
load.start()

async function finish(): Promise<void> {
  const requests = await load.stop()
  clearInterval(counting)
  tell({ type: 'result', requests, failed, failures, latencies })
  await sleep(100) // for the message to leave
  process.kill(process.pid, 'SIGTERM')
}

process.on('message', message => {
  if (message === 'finish') void finish()
})

followParent()
const application = new Application('load', [registry, client])
export default application
if (import.meta.main) await run(application)
