import { setTimeout as sleep } from 'node:timers/promises'
import { Application, run } from 'ropewalk'
import { Client } from 'ropewalk/client'
import { openRegistry } from 'ropewalk/registry'
import { followParent, moment, tell } from './message.ts'

// The load generator: asks for `orders` by name at a steady rate, whether or not earlier requests have been answered, so that a
// stall cannot hide by slowing the asking down; only when 100 are unanswered does it wait, and latencies still count from when a
// request was due. Counts as failed: a rejected call, a status of 500 or more, a wrong body.

const IN_FLIGHT_MAX = 100
const perSecond = Number(process.env.REQUESTS_PER_SECOND ?? 700)
const registry = await openRegistry()
const client = new Client({ registry, attemptTimeoutMs: 2_000, waitMs: 5_000 })

const latencies: number[] = []
const failures: Record<string, number> = {}
const inFlight = new Set<Promise<void>>()
let requests = 0
let failed = 0
let asking = true

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

async function askSteadily(): Promise<void> {
  const start = moment()
  while (asking) {
    const due = start + (requests * 1_000) / perSecond
    if (due > moment()) {
      await sleep(Math.max(1, due - moment()))
      continue
    }
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight)
    const asked = ask(++requests, due).finally(() => inFlight.delete(asked))
    inFlight.add(asked)
  }
  await Promise.all(inFlight)
  tell({ type: 'result', requests, failed, failures, latencies })
}

const asked = askSteadily()
const counting = setInterval(() => tell({ type: 'count', requests: latencies.length, failed, failures }), 200)

process.on('message', message => {
  if (message !== 'finish') return
  asking = false
  void asked.then(() => {
    clearInterval(counting)
    process.kill(process.pid, 'SIGTERM')
  })
})

followParent()
const application = new Application('load', [registry, client])
export default application
if (import.meta.main) await run(application)
