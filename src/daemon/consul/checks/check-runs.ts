import type { Clock } from '../../../core/clock.ts'
import type { Random } from '../../../core/random.ts'
import type { Topics } from '../live/topics.ts'
import type { Catalog } from '../state/catalog.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'
import { AliasCheck } from './alias-check.ts'
import { type CheckFields, checkType, scriptOf } from './check-definition.ts'
import { grpcProbe } from './grpc-probe.ts'
import { httpProbe } from './http-probe.ts'
import { IntervalCheck } from './interval-check.ts'
import { critical, type Finding, type Probe } from './probe.ts'
import { scriptProbe } from './script-probe.ts'
import { tcpProbe } from './tcp-probe.ts'
import { Thresholds } from './thresholds.ts'
import { TtlChecks } from './ttl-checks.ts'

const NS_PER_MS = 1e6

/** An interval is at least this long, and so is the time for one look where nothing is said of it. */
const INTERVAL_MS_MIN = 1_000
const TIMEOUT_MS = 10_000
const SCRIPT_TIMEOUT_MS = 30_000

/** Is told what a check found. */
export type FindingListener = (checkId: string, finding: Finding) => void

/** What CheckRuns work with. */
export interface CheckRunsInit {
  readonly clock: Clock
  readonly random: Random
  readonly catalog: Catalog
  readonly topics: Topics
  /** This agent's node. */
  readonly node: string
  readonly onFinding: FindingListener
  /** The TTL of a check has passed, and nobody said how it is. */
  readonly onExpired: (checkId: string) => void
}

/** The checks of this agent, each done in its way until it is stopped. */
export class CheckRuns {
  readonly #init: CheckRunsInit
  readonly #ttl: TtlChecks
  readonly #runs = new Map<string, { stop(): void }>()

  constructor(init: CheckRunsInit) {
    this.#init = init
    this.#ttl = new TtlChecks(init.clock, init.onExpired)
  }

  /** How many checks live by being told. */
  get ttlCount(): number {
    return this.#ttl.count
  }

  /** How many checks look by themselves. */
  get monitorCount(): number {
    return this.#runs.size
  }

  /** Begins a check; anew if there is one of that id. */
  start(checkId: string, fields: CheckFields): void {
    this.stop(checkId)
    const type = checkType(fields)
    if (type === 'ttl') this.#ttl.start(checkId, (fields.TTL ?? 0) / NS_PER_MS)
    else if (type === 'alias') this.#runs.set(checkId, this.#alias(checkId, fields))
    else this.#runs.set(checkId, this.#interval(checkId, fields))
  }

  /** Harmless if there is none. */
  stop(checkId: string): void {
    this.#ttl.stop(checkId)
    this.#runs.get(checkId)?.stop()
    this.#runs.delete(checkId)
  }

  /** Somebody said how a check with a TTL is. Returns whether there is one. */
  heard(checkId: string): boolean {
    return this.#ttl.heard(checkId)
  }

  close(): void {
    this.#ttl.close()
    for (const run of this.#runs.values()) run.stop()
    this.#runs.clear()
  }

  #alias(checkId: string, { AliasNode: node = '', AliasService: serviceId = '' }: CheckFields): AliasCheck {
    const { catalog, topics, node: ownNode, onFinding } = this.#init
    return new AliasCheck({
      catalog,
      topics,
      checkId,
      ownNode,
      node,
      serviceId,
      onFinding: finding => onFinding(checkId, finding),
    })
  }

  #interval(checkId: string, fields: CheckFields): IntervalCheck {
    const { clock, random, onFinding } = this.#init
    const { Interval = 0, Timeout = 0, SuccessBeforePassing = 0, FailuresBeforeCritical = 0 } = fields
    const thresholds = new Thresholds({
      successBeforePassing: SuccessBeforePassing,
      failuresBeforeCritical: FailuresBeforeCritical,
    })
    const timeoutMs = scriptOf(fields) ? SCRIPT_TIMEOUT_MS : TIMEOUT_MS
    return new IntervalCheck({
      clock,
      random,
      probe: probeOf(fields),
      intervalMs: Math.max(INTERVAL_MS_MIN, Interval / NS_PER_MS),
      timeoutMs: Timeout > 0 ? Timeout / NS_PER_MS : timeoutMs,
      onFinding: finding => {
        if (thresholds.admits(finding.status)) onFinding(checkId, finding)
      },
    })
  }
}

function probeOf(fields: CheckFields): Probe {
  const outputBytesMax = Math.min(CONSUL_LIMITS.outputBytes, fields.OutputMaxSize || CONSUL_LIMITS.outputBytes)
  const script = scriptOf(fields)
  if (script) return scriptProbe(script, outputBytesMax)
  if (fields.GRPC) return grpcProbe(fields)
  if (fields.HTTP) return httpProbe(fields, outputBytesMax)
  if (fields.TCP) return tcpProbe(fields.TCP)
  return () => Promise.resolve(critical('This registry does no such checks'))
}
