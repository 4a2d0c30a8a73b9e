import { rm } from 'node:fs/promises'
import { Pool } from 'undici'
import { freePort } from '../src/cli/up/free-port.ts'
import type { Progress } from './progress.ts'
import { SteadyLoad } from './steady-load.ts'
import { DemoSystem } from './system.ts'

const REQUESTS_PER_SECOND = 300

/** What the same users cost their callers who know them by a fixed list of addresses and call them in turn. */
export interface FixedListOutcome {
  readonly requests: number
  readonly failed: number
}

/** Calls the ports in turn while `meanwhile` goes on, and counts as the demo's load generator does. */
async function callInTurn(ports: readonly number[], meanwhile: () => Promise<void>): Promise<FixedListOutcome> {
  const pools = ports.map(port => new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 2_000 }))
  let failed = 0
  const load = new SteadyLoad({ perSecond: REQUESTS_PER_SECOND, rampMs: 0 }, async id => {
    try {
      const answer = await pools[id % pools.length]?.request({ path: `/${id}`, method: 'GET' })
      const body = await answer?.body.text()
      if (answer?.statusCode !== 200 || !body?.includes(`User ${id}`)) failed++
    } catch {
      failed++
    }
  })
  load.start()
  await meanwhile()
  const requests = await load.stop()
  await Promise.all(pools.map(pool => pool.close()))
  return { requests, failed }
}

/** The same users at fixed ports, called in turn from a fixed list: one SIGKILL and a rolling restart of the others. */
export async function showFixedList(progress: Progress): Promise<FixedListOutcome> {
  progress.say('  The same users at fixed ports, called from a fixed list in turn:')
  const system = await DemoSystem.start()
  try {
    const ports = await Promise.all([freePort(), freePort(), freePort()])
    const start = (port: number) => system.startInstance('users', { ENDPOINT: `tcp:${port}:interface=127.0.0.1` })
    const instances = await Promise.all(ports.map(start))
    const outcome = await callInTurn(ports, async () => {
      for (const [index, instance] of instances.entries()) {
        await system.stopInstance('users', instance, index === 0 ? 'SIGKILL' : 'SIGTERM')
        await start(ports[index] ?? 0)
      }
    })
    progress.say(`  ${outcome.requests} requests, ${outcome.failed} failed in one SIGKILL and two restarts\n`)
    return outcome
  } finally {
    await system.stop()
    await rm(system.folder, { recursive: true, force: true })
  }
}
