import { isDeepStrictEqual } from 'node:util'
import { PATIENCE_MS } from '../../../patience.ts'
import { type Exchange, type Seen, Side } from '../exchange.ts'
import { type Sides, startSides } from '../sides.ts'
import { CLEANING } from './random-exchanges.ts'

/** How often a read is done again, in milliseconds: an agent of Consul tells its catalog what it has in its own time. */
const POLL_MS = 50

/** Where both did not answer alike. */
export interface Difference {
  /** All that was asked, the last of which they differ in. */
  readonly asked: readonly Exchange[]
  readonly theirs: Seen
  readonly ours: Seen
}

/** A real Consul and our daemon, which are asked the same. */
export class RandomComparison implements AsyncDisposable {
  readonly #sides: Sides
  readonly #patienceMs: number

  private constructor(sides: Sides, patienceMs: number) {
    this.#sides = sides
    this.#patienceMs = patienceMs
  }

  /** Starts both. A read whose answers differ is done again for `patienceMs`, by default as long as a test waits. */
  static async start({ patienceMs = PATIENCE_MS }: { patienceMs?: number } = {}): Promise<RandomComparison> {
    return new RandomComparison(await startSides(), patienceMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sides[Symbol.asyncDispose]()
  }

  /** Asks both, in order, until they differ; then leaves them as they were in the beginning. */
  async firstDifference(exchanges: readonly Exchange[]): Promise<Difference | undefined> {
    const consul = new Side(this.#sides.consul)
    const ours = new Side(this.#sides.ours)
    try {
      for (const [step, exchange] of exchanges.entries()) {
        if (exchange.method !== 'GET') await this.#settled()
        const [theirs, own] = await this.#alike(exchange, [consul, ours])
        if (!isDeepStrictEqual(theirs, own)) return { asked: exchanges.slice(0, step + 1), theirs, ours: own }
      }
      return undefined
    } finally {
      for (const exchange of CLEANING) await askBoth(exchange, [consul, ours])
      for (const side of [this.#sides.consul, this.#sides.ours]) await clean(side)
    }
  }

  /** What both answer; a read is asked again until both say the same. */
  async #alike(exchange: Exchange, sides: readonly [Side, Side]): Promise<[Seen, Seen]> {
    for (let attempt = 0; ; attempt++) {
      const [theirs, own] = await askBoth(exchange, sides)
      const isLast = exchange.method !== 'GET' || attempt >= this.#patienceMs / POLL_MS
      if (isLast || isDeepStrictEqual(theirs, own)) return [theirs, own]
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }

  /** Resolves when the catalog of Consul has the checks that its agent has: what is written next may go by them. */
  async #settled(): Promise<void> {
    const { consul } = this.#sides
    for (let attempt = 0; attempt < PATIENCE_MS / POLL_MS; attempt++) {
      const [atAgent, inCatalog] = await Promise.all([
        listOf<Check>(`${consul}/v1/agent/checks`),
        listOf<Check>(`${consul}/v1/health/node/n0`),
      ])
      if (isDeepStrictEqual(statuses(Object.values(atAgent)), statuses(inCatalog))) return
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }
}

/** A request as one line. */
export function lineOf({ method, path, body }: Exchange): string {
  return `${method} ${path} ${JSON.stringify(body) ?? ''}`.trimEnd()
}

async function askBoth(exchange: Exchange, sides: readonly [Side, Side]): Promise<[Seen, Seen]> {
  const both = await Promise.all(sides.map(side => side.ask(exchange)))
  return both.map(seen => comparable(seen, exchange.path)) as [Seen, Seen]
}

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
