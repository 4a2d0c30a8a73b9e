import { topicOf, type Topics } from '../live/topics.ts'
import type { Catalog } from '../state/catalog.ts'
import { CONSUL_LIMITS } from '../state/limits.ts'
import type { CheckRow } from '../state/rows.ts'
import { critical, type Finding } from './probe.ts'

/** What an alias follows. */
export interface AliasCheckInit {
  readonly catalog: Catalog
  readonly topics: Topics
  /** The alias itself. */
  readonly checkId: string
  /** This agent's node. */
  readonly ownNode: string
  /** As registered; empty for this agent's. */
  readonly node: string
  /** The id of a service; empty for the node alone. */
  readonly serviceId: string
  readonly onFinding: (finding: Finding) => void
}

/** A check that is as another service, or a node, is. */
export class AliasCheck {
  readonly #init: AliasCheckInit
  readonly #unwatch: () => void

  constructor(init: AliasCheckInit) {
    this.#init = init
    const { topics, onFinding } = init
    this.#unwatch = topics.watch([topicOf('node', this.#node)], () => onFinding(this.finding()))
    topics.soon(() => onFinding(this.finding()))
  }

  stop(): void {
    this.#unwatch()
  }

  /** How what it follows is now. */
  finding(): Finding {
    const { catalog, serviceId, node } = this.#init
    const checks = [...this.#checks()]
    if (serviceId !== '' && !catalog.service(this.#node, serviceId)) {
      return critical(`Service ${serviceId} could not be found on node ${node}`)
    }
    const failing =
      checks.find(({ Status }) => Status === 'critical') ?? checks.find(({ Status }) => Status === 'warning')
    if (failing) {
      const said = `Aliased check ${JSON.stringify(failing.Name)} failing: ${failing.Output}`
      const output = said.slice(0, CONSUL_LIMITS.outputBytes)
      return { status: failing.Status === 'critical' ? 'critical' : 'warning', output }
    }
    return { status: 'passing', output: checks.length > 0 ? 'All checks passing.' : 'No checks found.' }
  }

  get #node(): string {
    return this.#init.node || this.#init.ownNode
  }

  /** An alias of this agent's own service sees what the agent knows, which is not the node's health. */
  *#checks(): Iterable<CheckRow> {
    const { catalog, serviceId, node, checkId } = this.#init
    for (const check of catalog.checksOf(this.#node, '')) {
      if (check.CheckID !== checkId && (node !== '' || check.CheckID !== 'serfHealth')) yield check
    }
    if (serviceId === '') return
    for (const check of catalog.checksOf(this.#node, serviceId)) if (check.CheckID !== checkId) yield check
  }
}
