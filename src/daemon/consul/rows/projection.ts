import { isIPv6 } from 'node:net'
import { publish } from '../../../core/event.ts'
import { adoptInstance } from '../../../discovery/create-instance.ts'
import { InstanceConflictError, InvalidInstanceError } from '../../../discovery/errors.ts'
import type { Instance } from '../../../discovery/instance.ts'
import { StoreLimitError } from '../../../discovery/store/limits.ts'
import type { Leases } from '../../../discovery/store/leases.ts'
import type { Claim, Owner } from '../../../discovery/store/owner.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Turn } from '../../turn.ts'
import type { Catalog } from '../state/catalog.ts'
import { isSameName } from '../state/folded.ts'
import { keyOn, type ServiceRow } from '../state/rows.ts'

/** A claim has to say one; what is vouched for does not lapse. */
const TTL_MS = 24 * 60 * 60_000

/** What a Projection works with. */
export interface ProjectionInit {
  readonly leases: Leases
  readonly turn: Turn
  readonly clock: Clock
  /** This agent's node, whose services keep their ids. */
  readonly node: string
}

/** How a service is, all its checks and its node's taken together. */
type Health = 'passing' | 'warning' | 'critical' | 'maintenance'

/** What is known of a service whose instance is looked at. */
interface Seen {
  readonly key: string
  readonly health: Health
  /** The instance as it is there now. */
  readonly present: Projected | undefined
}

/** What an instance is made of beside a row. */
interface InstanceParts {
  readonly health: Health
  readonly startedAt: number
  /** The one that it takes the place of, if there is one. */
  readonly like: Instance | undefined
}

/** An instance that was put into the Store for a service. */
interface Projected {
  readonly owner: Owner
  readonly claim: Claim
  readonly startedAt: number
}

/**
 * Shows the services of the Consul API to everybody else, as instances of the Store, once per turn however much changed in it:
 *
 * | the service is | the instance is |
 * | --- | --- |
 * | passing, or has no checks | `ready`, with the weight for passing |
 * | warning | `ready`, with the weight for warning |
 * | critical, and was passing before | `suspect`, and gone after the grace |
 * | critical from the first, or without a port | not there |
 * | in maintenance | `draining` |
 */
export class Projection {
  readonly #init: ProjectionInit
  #catalog: Catalog | undefined
  readonly #projected = new Map<string, Projected>()
  #due = new Set<string>()
  readonly #task = () => this.#refreshDue()

  constructor(init: ProjectionInit) {
    this.#init = init
  }

  /** Shows the services of `catalog` from now on. Call it once. */
  attach(catalog: Catalog): void {
    this.#catalog = catalog
  }

  /** A service, or how it is, may have changed. */
  readonly changed = (node: string, id: string): void => {
    this.#due.add(keyOn(node, id))
    this.#init.turn.at('commit', this.#task)
  }

  /** An instance of somebody else has gone: the service that had to give way to it is shown in its place, if there is one. */
  freed({ serviceName, id }: Instance): void {
    const at = id.lastIndexOf('@')
    const places = [[this.#init.node, id] as const, ...(at > 0 ? [[id.slice(at + 1), id.slice(0, at)] as const] : [])]
    for (const [node, serviceId] of places) {
      if (this.#catalog?.service(node, serviceId)?.Service === serviceName) this.changed(node, serviceId)
    }
  }

  /** Shows at once what has changed. */
  flush(): void {
    this.#refreshDue()
  }

  #refreshDue(): void {
    const due = this.#due
    this.#due = new Set()
    for (const key of due) this.#refresh(key)
  }

  #refresh(key: string): void {
    const row = this.#catalog?.services.get(key)
    const before = this.#projected.get(key)
    const isSame = before !== undefined && row !== undefined && this.#standsFor(before.claim.instance, row)
    if (before && !isSame) this.#withdraw(key, before)
    if (!row || row.ID === 'consul') return
    const present = before && isSame && !before.claim.gone ? before : undefined
    this.#apply(row, { key, health: this.#health(row), present })
  }

  #apply(row: ServiceRow, seen: Seen): void {
    const { health, present } = seen
    if (health === 'critical') {
      if (present) this.#init.leases.disconnect(present.owner)
      return
    }
    const projected = this.#register(row, seen)
    if (!projected || health !== 'maintenance') return
    this.#init.leases.drain(projected.claim, { drainMs: 1 }).catch(() => {})
  }

  #register(row: ServiceRow, { key, health, present }: Seen): Projected | undefined {
    const { clock, leases } = this.#init
    if (health === 'maintenance' && !present) return undefined
    try {
      const startedAt = present?.startedAt ?? clock.wallTime()
      const instance = this.#instance(row, { health, startedAt, like: present?.claim.instance })
      if (!instance) {
        if (present) this.#withdraw(key, present)
        return undefined
      }
      if (health === 'maintenance' && present?.claim.drainRevision) return present
      const owner =
        present?.owner.presence === 'vouched'
          ? present.owner
          : leases.vouch({ id: `consul:${key}`, name: `Consul service ${row.ID} on ${row.Node}` })
      const projected = { owner, claim: leases.register(owner, instance, TTL_MS), startedAt }
      this.#projected.set(key, projected)
      return projected
    } catch (error) {
      this.#tell(row, error)
      return undefined
    }
  }

  #withdraw(key: string, { claim }: Projected): void {
    this.#projected.delete(key)
    this.#init.leases.revoke(claim)
  }

  /** Rows do not change, so it has their metadata and no copy. What it says just as the one there now does is not looked at again. */
  #instance(row: ServiceRow, { health, startedAt, like }: InstanceParts): Instance | undefined {
    const host = row.Address || (this.#catalog?.node(row.Node)?.Address ?? '')
    if (row.Port <= 0 || host === '') return undefined
    const { zone = '', version = '' } = row.Meta ?? {}
    const init = {
      id: this.#idOf(row),
      endpoints: [`tcp://${host.includes(':') && isIPv6(host) ? `[${host}]` : host}:${row.Port}`],
      weight: health === 'warning' ? row.Weights.Warning : row.Weights.Passing,
      zone,
      version,
      tags: row.Tags.filter(tag => tag !== ''),
      metadata: row.Meta ?? {},
      startedAt,
    }
    return adoptInstance(row.Service, init, like)
  }

  #standsFor({ serviceName, id }: Instance, row: ServiceRow): boolean {
    return serviceName === row.Service && id === this.#idOf(row)
  }

  /** Of the instance that stands for a row. */
  #idOf({ Node, ID }: ServiceRow): string {
    return isSameName(Node, this.#init.node) ? ID : `${ID}@${Node}`
  }

  #health({ Node, ID }: ServiceRow): Health {
    const catalog = this.#catalog
    if (!catalog) return 'critical'
    let health: Health = 'passing'
    for (const checks of [catalog.checksOf(Node, ''), catalog.checksOf(Node, ID)]) {
      for (const { Status, Type } of checks) {
        if (Type === 'maintenance') return 'maintenance'
        if (Status === 'warning' && health === 'passing') health = 'warning'
        else if (Status !== 'passing' && Status !== 'warning') health = 'critical'
      }
    }
    return health
  }

  /** What cannot be an instance is still a service for those who use the Consul API. */
  #tell({ Service, ID, Node }: ServiceRow, error: unknown): void {
    const isKnown =
      error instanceof InvalidInstanceError ||
      error instanceof InstanceConflictError ||
      error instanceof StoreLimitError
    if (!isKnown) throw error
    const message = `The service ${ID} of ${Node} is known by the Consul API only: ${error.message}`
    publish('daemon', {
      level: 'warn',
      event: 'consul.hidden',
      message,
      serviceName: Service,
      id: ID,
      node: Node,
      error,
    })
  }
}
