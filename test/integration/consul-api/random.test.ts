import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { missingEngine } from '../../engines/engines.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { type Exchange, type Seen, Side } from './exchange.ts'
import { CLEANING, exchanges } from './random/random-exchanges.ts'
import { type Sides, startSides } from './sides.ts'

/** Others are as good; these are what has been tried. */
const SEED = 21

const ROUNDS = 12
const STEPS = 30

/** How often a read is done again, in milliseconds: an agent of Consul tells its catalog what it has in its own time. */
const POLL_MS = 50

describe('The Consul API, asked at random', { skip: missingEngine('consul') }, () => {
  let sides: Sides
  let consul: Side
  let ours: Side

  before(async () => {
    sides = await startSides()
    consul = new Side(sides.consul)
    ours = new Side(sides.ours)
  })

  after(() => sides?.[Symbol.asyncDispose]())

  it(`answers as Consul does (seed ${SEED})`, async () => {
    const all = fc.sample(exchanges, { seed: SEED, numRuns: ROUNDS * STEPS })
    for (let from = 0; from < all.length; from += STEPS) {
      const done: string[] = []
      for (const exchange of all.slice(from, from + STEPS)) {
        done.push(`${exchange.method} ${exchange.path} ${JSON.stringify(exchange.body) ?? ''}`)
        if (exchange.method !== 'GET') await settled()
        const [theirs, own] = await alike(exchange)
        assert.deepEqual(own, theirs, `after ${done.join('\n')}`)
      }
      for (const exchange of CLEANING) await askBoth(exchange)
      for (const side of [sides.consul, sides.ours]) await clean(side)
    }
  })

  /** What both answer; a read is asked again until both say the same. */
  async function alike(exchange: Exchange): Promise<[Seen, Seen]> {
    for (let attempt = 0; ; attempt++) {
      const [theirs, own] = await askBoth(exchange)
      const isLast = exchange.method !== 'GET' || attempt >= PATIENCE_MS / POLL_MS
      if (isLast || isDeepStrictEqual(theirs, own)) return [theirs, own]
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }

  /** Resolves when the catalog of Consul has the checks that its agent has: what is written next may go by them. */
  async function settled(): Promise<void> {
    for (let attempt = 0; attempt < PATIENCE_MS / POLL_MS; attempt++) {
      const [atAgent, inCatalog] = await Promise.all([
        listOf<Check>(`${sides.consul}/v1/agent/checks`),
        listOf<Check>(`${sides.consul}/v1/health/node/n0`),
      ])
      if (isDeepStrictEqual(statuses(Object.values(atAgent)), statuses(inCatalog))) return
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }

  async function askBoth(exchange: Exchange): Promise<[Seen, Seen]> {
    const both = await Promise.all([consul.ask(exchange), ours.ask(exchange)])
    return both.map(seen => comparable(seen, exchange.path)) as [Seen, Seen]
  }
})

/** Ends the sessions and takes out the queries whose ids nobody knows any more. */
async function clean(side: string): Promise<void> {
  for (const { ID } of await listOf(`${side}/v1/session/list`))
    await fetch(`${side}/v1/session/destroy/${ID}`, { method: 'PUT' })
  for (const { ID } of await listOf(`${side}/v1/query`)) await fetch(`${side}/v1/query/${ID}`, { method: 'DELETE' })
}

async function listOf<T = { readonly ID: string }>(url: string): Promise<T[]> {
  return (await (await fetch(url)).json()) as T[]
}

interface Check {
  readonly CheckID: string
  readonly Status: string
}

function statuses(checks: readonly Check[]): string[] {
  const own = checks.filter(({ CheckID }) => CheckID !== 'serfHealth')
  return own.map(({ CheckID, Status }) => `${CheckID} ${Status}`).toSorted()
}

/**
 * An answer without what each side does in its own way: ids and indexes; the words for a body that cannot be decoded, where more than one thing is wrong
 * with it; of a check what its service is, which Consul's agent tells the catalog only when the check is registered again.
 */
function comparable(seen: Seen, path: string): Seen {
  const { body } = seen
  if (typeof body === 'string') return { ...seen, body: textOf(body) }
  const plain: unknown = JSON.parse(JSON.stringify(body, withoutService).replaceAll(UUID, '#'))
  const isUnordered = /^\/v1\/(?:query|session)/.test(path) && Array.isArray(plain)
  return { ...seen, body: isUnordered ? plain.map(item => JSON.stringify(item)).toSorted() : plain }
}

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\$q?s\d/g

function textOf(text: string): string {
  if (/^(?:Request decode failed|Failed to parse body):/.test(text)) return 'it cannot be decoded'
  return text.replaceAll(UUID, '#')
}

function withoutService(key: string, value: unknown): unknown {
  if (key === 'What') return String(value).replace(/modify index \d+ != .*/, 'modify index')
  if (typeof value !== 'object' || value === null || !('CheckID' in value)) return value
  return { ...value, ServiceTags: [], ServiceName: '' }
}
