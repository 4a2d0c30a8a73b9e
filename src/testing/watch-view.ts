import type { InstanceSet } from '../discovery/instance-set.ts'
import { sameInstances } from '../discovery/same-instance.ts'
import type { InstanceHistory } from './instance-history.ts'

/**
 * What a watch can do wrong.
 *
 * - `shape`: a set is not a set of that service, or not in the order of its ids.
 * - `order`: a revision, or an Instance, went back.
 * - `uniqueness`: a set came twice, or one revision stands for two sets.
 * - `phantom`: an Instance is as nobody ever made it.
 * - `loss`: an Instance is missing that nobody removed.
 * - `freshness`: the first set lacks what was written before the watch was opened.
 * - `completeness`: the watch came to rest without the last change.
 * - `resumption`: the same, after its connection was interrupted.
 */
export type ViolationKind =
  | 'shape'
  | 'order'
  | 'uniqueness'
  | 'phantom'
  | 'loss'
  | 'freshness'
  | 'completeness'
  | 'resumption'

/** One thing that a watch did wrong. */
export interface Violation {
  readonly kind: ViolationKind
  /** Who watched, what, at which revision, and what was wrong with it. */
  readonly message: string
}

/** The histories of all Instances of one service, by id. */
export type Histories = ReadonlyMap<string, InstanceHistory>

/** Everything one watch has yielded. */
export class WatchView {
  readonly name: string
  readonly serviceName: string
  readonly sets: InstanceSet[] = []
  /** Whether its connection was interrupted. */
  interrupted = false
  /** Whether its reader has stopped reading: it need not become complete then. */
  ended = false
  readonly #openedAt: number

  constructor(init: { name: string; serviceName: string; openedAt: number }) {
    this.name = init.name
    this.serviceName = init.serviceName
    this.#openedAt = init.openedAt
  }

  /** Notes a set that the watch yielded. */
  saw(set: InstanceSet): void {
    this.sets.push(set)
  }

  /** Whether the newest set is all that there is to know. */
  isComplete(histories: Histories): boolean {
    return this.#incomplete(histories).length === 0
  }

  /** What was wrong with the sets it yielded, whether or not more are to come. */
  violations(histories: Histories): Violation[] {
    const follower = new Follower(histories, this.#openedAt)
    return this.sets.flatMap((set, index) => {
      const before = this.sets[index - 1]
      const found = [...shape(set, this.serviceName), ...(before ? sequence(before, set) : []), ...follower.follow(set)]
      return found.map(violation => this.#at(set, violation))
    })
  }

  /** What is wrong with the newest set when no more is to come. */
  missing(histories: Histories): Violation[] {
    const kind = this.interrupted ? 'resumption' : 'completeness'
    const found = this.ended ? [] : this.#incomplete(histories)
    return found.map(message => this.#at(this.sets.at(-1), { kind, message }))
  }

  #incomplete(histories: Histories): string[] {
    const set = this.sets.at(-1)
    if (!set) return ['it never yielded a set']
    if (set.stale) return ['it is still stale']
    if (!set.settled) return ['it is still not settled']
    const instances = new Map(set.instances.map(instance => [instance.id, instance]))
    return [...histories]
      .filter(([id, history]) => !history.endsAs(instances.get(id)))
      .map(([id, history]) => `it came to rest without the last change of instance "${id}", which is ${history.end}`)
  }

  #at(set: InstanceSet | undefined, { kind, message }: Violation): Violation {
    const revision = set ? ` at revision ${set.revision}` : ''
    return { kind, message: `${kind}: watch ${this.name} of "${this.serviceName}"${revision}: ${message}` }
  }
}

function shape({ serviceName, instances }: InstanceSet, expected: string): Violation[] {
  const messages: string[] = []
  if (serviceName !== expected) messages.push(`the set is of "${serviceName}"`)
  for (const [index, instance] of instances.entries()) {
    if (instance.serviceName !== expected) messages.push(`instance "${instance.id}" is of "${instance.serviceName}"`)
    const before = instances[index - 1]
    if (before && before.id >= instance.id) messages.push(`instance "${instance.id}" comes after "${before.id}"`)
  }
  return messages.map(message => ({ kind: 'shape', message }))
}

function sequence(before: InstanceSet, set: InstanceSet): Violation[] {
  if (set.revision > before.revision) return []
  if (set.revision < before.revision) {
    return [{ kind: 'order', message: `it came after revision ${before.revision}` }]
  }
  const worthless = set.stale === before.stale && set.settled === before.settled && set.known === before.known
  if (worthless) return [{ kind: 'uniqueness', message: 'it came twice' }]
  if (set.settled && before.settled && !sameInstances(before.instances, set.instances)) {
    return [{ kind: 'uniqueness', message: 'it came again with other instances' }]
  }
  return []
}

/** Follows every Instance through its history: each set shows it at the same version as the one before, or at a later one. */
class Follower {
  readonly #histories: Histories
  readonly #openedAt: number
  readonly #reached = new Map<string, number>()

  constructor(histories: Histories, openedAt: number) {
    this.#histories = histories
    this.#openedAt = openedAt
  }

  follow({ instances, settled }: InstanceSet): Violation[] {
    const found: Violation[] = []
    const present = new Map(instances.map(instance => [instance.id, instance]))
    for (const id of new Set([...this.#histories.keys(), ...present.keys()])) {
      const instance = present.get(id)
      if (!instance && !settled) continue
      const violation = this.#step(id, instance)
      if (violation) found.push(violation)
    }
    return found
  }

  #step(id: string, instance: InstanceSet['instances'][number] | undefined): Violation | undefined {
    const history = this.#histories.get(id)
    if (!history) return { kind: 'phantom', message: `nobody ever registered instance "${id}"` }
    const reached = this.#reached.get(id)
    const from = reached ?? history.doneBefore(this.#openedAt)
    const version = history.find(instance, from)
    if (version >= 0) {
      this.#reached.set(id, version)
      return undefined
    }
    if (history.find(instance, 0) < 0) {
      return { kind: 'phantom', message: `instance "${id}" is as nobody made it: ${JSON.stringify(instance)}` }
    }
    if (reached === undefined) {
      return { kind: 'freshness', message: `it was opened after a change of instance "${id}" that it does not have` }
    }
    if (!instance) return { kind: 'loss', message: `instance "${id}" is missing, but nobody removed it` }
    return { kind: 'order', message: `instance "${id}" went back to what it had been before` }
  }
}
