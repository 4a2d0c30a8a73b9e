import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../core/clock.ts'
import { TtlChecks } from '../checks/ttl-checks.ts'
import { ConsulRefusedError } from '../errors.ts'
import { durationProblem, parseGoDuration } from '../go/duration.ts'
import { idProblem } from '../go/uuid.ts'
import type { KvStore } from '../kv/kv-store.ts'
import { topicOf, type Topics } from '../live/topics.ts'
import type { Catalog } from '../state/catalog.ts'
import { folded } from '../state/folded.ts'
import { Grouped } from '../state/grouped.ts'
import { requireRoom, requireShort } from '../state/limits.ts'
import { keyOn } from '../state/rows.ts'
import { Table, type TableJournal } from '../state/table.ts'

/** A session, as Consul shows it. */
export interface SessionRow {
  readonly ID: string
  readonly Name: string
  readonly Node: string
  /** Nanoseconds. */
  readonly LockDelay: number
  readonly Behavior: 'release' | 'delete'
  /** In Go's notation; empty for none. */
  readonly TTL: string
  readonly NodeChecks: readonly string[]
  readonly ServiceChecks: readonly { readonly ID: string; readonly Namespace: string }[] | null
  /** As sessions named them before there were two kinds; absent if none were named so. */
  readonly Checks?: readonly string[]
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** What a session is asked for with. */
export interface SessionFields {
  readonly Name?: string
  readonly Node?: string
  /** Nanoseconds; a smaller number than a thousand means seconds. */
  readonly LockDelay?: number
  readonly Behavior?: string
  readonly TTL?: string
  readonly Checks?: readonly string[]
  readonly NodeChecks?: readonly string[]
  readonly ServiceChecks?: readonly { readonly ID?: string; readonly Namespace?: string }[]
}

/** What Sessions work with. */
export interface SessionsInit {
  readonly clock: Clock
  readonly journal: TableJournal
  readonly topics: Topics
  readonly stamp: () => number
  readonly catalog: Catalog
  readonly kv: KvStore
  readonly onEnded: (id: string) => void
  /** This agent's node. */
  readonly node: string
}

const LOCK_DELAY_NS = 15e9
const LOCK_DELAY_NS_MAX = 60e9

/** Less means seconds. */
const LOCK_DELAY_NS_MIN = 1_000
const NS_PER_S = 1_000_000_000n

const TTL_NS_MIN = 10e9
const TTL_NS_MAX = 86_400e9
const NS_PER_MS = 1e6

/** A session lives this many times its TTL after it was last renewed, as Consul's does. */
const TTL_MULTIPLIER = 2

/** Sessions: claims on keys that end when they are not renewed, when a check fails that they go by, or when their node goes. */
export class Sessions {
  readonly rows: Table<SessionRow>
  readonly #init: SessionsInit
  readonly #ttl: TtlChecks
  readonly #byNode = new Grouped<SessionRow>({ group: row => folded(row.Node), key: row => row.ID })
  /** The ids of those that go by a check. */
  readonly #byCheck = new Map<string, Set<string>>()

  constructor(init: SessionsInit) {
    this.#init = init
    this.#ttl = new TtlChecks(init.clock, id => this.destroy(id))
    this.rows = new Table('session', init.journal, (before, after) => this.#changed(before, after))
  }

  /** The hexadecimal digits of an id may be in either case. */
  get(id: string): SessionRow | undefined {
    return this.rows.get(id.toLowerCase())
  }

  /** Those of a node, or all, in the order of their ids. */
  list(node?: string): SessionRow[] {
    const rows = node === undefined ? this.rows.values() : this.#byNode.rows(folded(node))
    return [...rows].toSorted((a, b) => (a.ID < b.ID ? -1 : 1))
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: SessionFields): SessionRow {
    requireRoom('sessions', this.rows.size)
    requireShort('A text of a session', fields.Name, fields.Node)
    const { Name = '', Node = this.#init.node, Behavior = '', TTL = '' } = fields
    if (Behavior !== '' && Behavior !== 'release' && Behavior !== 'delete')
      throw new ConsulRefusedError(500, `Invalid Behavior setting '${Behavior}'`)
    requireTtl(TTL)
    if (!this.#init.catalog.node(Node)) throw new ConsulRefusedError(500, 'Missing node registration')
    const checks = checksOf(fields)
    for (const checkId of checkIds(checks)) this.#requireWell(Node, checkId)
    const index = this.#init.stamp()
    const row: SessionRow = {
      ID: randomUUID(),
      Name,
      Node,
      LockDelay: lockDelay(fields.LockDelay),
      Behavior: Behavior === 'delete' ? 'delete' : 'release',
      TTL,
      ...checks,
      CreateIndex: index,
      ModifyIndex: index,
    }
    this.rows.put(row.ID, row)
    return row
  }

  /** Undefined if there is no such session. */
  renew(id: string): SessionRow | undefined {
    const row = this.get(id)
    if (row) this.#ttl.heard(row.ID)
    return row
  }

  /** Ends a session, and lets go of what it holds. Harmless if there is none. */
  destroy(id: string): void {
    const row = this.get(id)
    if (!row) return
    this.rows.delete(row.ID)
    this.#init.onEnded(row.ID)
    const lockDelayMs = Math.min(LOCK_DELAY_NS_MAX, row.LockDelay) / NS_PER_MS
    this.#init.kv.release(row.ID, { deletes: row.Behavior === 'delete', lockDelayMs })
  }

  /** Ends the sessions that went by a check, or a node, that has failed or gone. */
  checkFailed(node: string, checkId: string): void {
    for (const id of this.#byCheck.get(keyOn(node, checkId)) ?? []) this.destroy(id)
  }

  /** Ends the sessions of a node that has gone. */
  nodeGone(node: string): void {
    for (const { ID } of this.list(node)) this.destroy(ID)
  }

  close(): void {
    this.#ttl.close()
  }

  #requireWell(node: string, checkId: string): void {
    const check = this.#init.catalog.check(node, checkId)
    if (!check) throw new ConsulRefusedError(500, `Missing check '${checkId}' registration`)
    if (check.Status === 'critical') throw new ConsulRefusedError(500, `Check '${checkId}' is in critical state`)
  }

  #changed(before: SessionRow | undefined, after: SessionRow | undefined): void {
    const { ID, TTL, Node } = (after ?? before) as SessionRow
    this.#byNode.change(before, after)
    this.#indexChecks(before, after)
    if (!after) this.#ttl.stop(ID)
    else this.#startTtl(ID, parseGoDuration(TTL) ?? 0)
    const revision = this.#init.stamp()
    for (const topic of ['sessions', `session/${ID}`, topicOf('sessions', Node)])
      this.#init.topics.touch(topic, revision)
  }

  #indexChecks(before: SessionRow | undefined, after: SessionRow | undefined): void {
    for (const key of before ? checkKeys(before) : []) {
      const ids = this.#byCheck.get(key)
      ids?.delete((before as SessionRow).ID)
      if (ids?.size === 0) this.#byCheck.delete(key)
    }
    for (const key of after ? checkKeys(after) : []) {
      const ids = this.#byCheck.get(key) ?? new Set()
      this.#byCheck.set(key, ids.add((after as SessionRow).ID))
    }
  }

  /** A TTL of nothing is none. */
  #startTtl(id: string, ttlNs: number): void {
    if (ttlNs > 0) this.#ttl.start(id, (TTL_MULTIPLIER * ttlNs) / NS_PER_MS)
  }
}

type SessionChecks = Pick<SessionRow, 'NodeChecks' | 'ServiceChecks' | 'Checks'>

/** What a session goes by: by its node, unless it says that it goes by nothing, in either of the two ways to say so. */
function checksOf({ Checks = BY_NODE, NodeChecks = BY_NODE, ServiceChecks }: SessionFields): SessionChecks {
  const ofServices = ServiceChecks?.map(({ ID = '', Namespace = '' }) => ({ ID, Namespace })) ?? null
  if (Checks.length === 0) return { NodeChecks: [], ServiceChecks: ofServices }
  const isPlain = NodeChecks.length === 0 || (Checks.length === 1 && Checks[0] === BY_NODE[0])
  return { NodeChecks, ServiceChecks: ofServices, ...(!isPlain && { Checks }) }
}

const BY_NODE: readonly string[] = ['serfHealth']

function checkIds({ Checks = [], NodeChecks, ServiceChecks }: SessionChecks): string[] {
  return [...Checks, ...NodeChecks, ...(ServiceChecks ?? []).map(({ ID }) => ID)]
}

/** What is said of an id of a session that can be none; undefined of one that can. */
export function sessionIdProblem(id: string): string | undefined {
  const problem = idProblem(id)
  return problem && `failed session lookup: index error: ${problem}`
}

function checkKeys(row: SessionRow): string[] {
  return checkIds(row).map(checkId => keyOn(row.Node, checkId))
}

function requireTtl(TTL: string): void {
  if (TTL === '') return
  const ns = parseGoDuration(TTL)
  if (ns === undefined) throw new ConsulRefusedError(500, `Session TTL '${TTL}' invalid: ${durationProblem(TTL)}`)
  if (ns !== 0 && (ns < TTL_NS_MIN || ns > TTL_NS_MAX))
    throw new ConsulRefusedError(500, `Invalid Session TTL '${ns}', must be between [10s=24h0m0s]`)
}

/** In the whole numbers of Go, which begin anew when they are too large. */
function lockDelay(ns = LOCK_DELAY_NS): number {
  return ns < LOCK_DELAY_NS_MIN ? Number(BigInt.asIntN(64, BigInt(ns) * NS_PER_S)) : ns
}
