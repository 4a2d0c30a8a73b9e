import { AssertionError } from 'node:assert'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../discovery/errors.ts'
import type { Instance } from '../discovery/instance.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'
import { sameInstances } from '../discovery/same-instance.ts'
import { InstanceHistory, type WriteInit } from './instance-history.ts'
import { type Violation, WatchView } from './watch-view.ts'

/** The end of a write whose begin was noted. */
export interface PendingWrite {
  /** The registry has it. */
  done(): void
  /** It was refused, or its fate is unknown: the error tells which. */
  failed(error: unknown): void
}

/** How many violations a failure lists. */
const LISTED_MAX = 10

/**
 * A model of a registry that is told every change made and every set each watch yields, and says what the watches did wrong: see
 * `ViolationKind`. Usually told by `recordingRegistry`; by hand where changes come about in another way.
 *
 * Nothing is judged before it is asked for, so that a lapse may be noted after a watch has shown it. Of the changes of one Instance it
 * needs the order, so one that is written by two at once has to be written by hand.
 */
export class WatchOracle {
  readonly #histories = new Map<string, Map<string, InstanceHistory>>()
  readonly #views: WatchView[] = []
  #happened = 0

  /** Notes that an Instance is being written by the holder of a claim, or with `instance: undefined` removed. */
  writing(serviceName: string, id: string, { instance, holder }: WriteInit): PendingWrite {
    const history = this.#history(serviceName, id)
    const version = history.write({ instance, holder })
    return {
      done: () => void (version.doneAt = ++this.#happened),
      failed: error => {
        if (isRefusal(error)) history.withdraw(version)
        else version.certain = false
      },
    }
  }

  /** Notes that the claim of `holder` on an Instance is gone without its doing. */
  lapsed(serviceName: string, id: string, holder: unknown): void {
    this.#history(serviceName, id).lapse(holder, ++this.#happened)
  }

  /** Notes that a watch is opened; tell the view what it yields. */
  watching(serviceName: string, name = `#${this.#views.length + 1}`): WatchView {
    const view = new WatchView({ name, serviceName, openedAt: ++this.#happened })
    this.#views.push(view)
    return view
  }

  /** Notes that the connection of every open watch is interrupted, or the registry restarted. */
  interrupted(): void {
    for (const view of this.#views) view.interrupted = true
  }

  /** Whether every open watch has yielded all there is to know: to poll before `verify()`. */
  get isQuiet(): boolean {
    return this.#views.every(view => view.ended || view.isComplete(this.#of(view.serviceName)))
  }

  /** What the watches have done wrong until now; with `atRest`, as when no more is to come. */
  violations({ atRest = false }: { atRest?: boolean } = {}): Violation[] {
    return [
      ...this.#views.flatMap(view => view.violations(this.#of(view.serviceName))),
      ...this.#ambiguousRevisions(),
      ...(atRest ? this.#views.flatMap(view => view.missing(this.#of(view.serviceName))) : []),
    ]
  }

  /** Throws an `AssertionError` that lists what the watches did wrong, if anything, when no more is to come. */
  verify(): void {
    const found = this.violations({ atRest: true })
    if (found.length === 0) return
    const listed = found.slice(0, LISTED_MAX).map(({ message }) => message)
    const rest = found.length > LISTED_MAX ? [`and ${found.length - LISTED_MAX} more`] : []
    throw new AssertionError({ message: ['The watches did wrong:', ...listed, ...rest].join('\n  ') })
  }

  #history(serviceName: string, id: string): InstanceHistory {
    const histories = this.#of(serviceName)
    const history = histories.get(id) ?? new InstanceHistory()
    histories.set(id, history)
    return history
  }

  #of(serviceName: string): Map<string, InstanceHistory> {
    const histories = this.#histories.get(serviceName) ?? new Map<string, InstanceHistory>()
    this.#histories.set(serviceName, histories)
    return histories
  }

  /** Revisions that stand for other instances at one watch than at another. */
  #ambiguousRevisions(): Violation[] {
    const first = new Map<string, { view: WatchView; instances: readonly Instance[] }>()
    const found: Violation[] = []
    for (const { view, set } of this.#views.flatMap(vouchedSets)) {
      const key = `${view.serviceName}/${set.revision}`
      const known = first.get(key)
      if (!known) first.set(key, { view, instances: set.instances })
      else if (!sameInstances(known.instances, set.instances)) {
        const message = `uniqueness: revision ${set.revision} of "${view.serviceName}" has other instances at watch ${view.name} than at watch ${known.view.name}`
        found.push({ kind: 'uniqueness', message })
      }
    }
    return found
  }
}

function vouchedSets(view: WatchView): { view: WatchView; set: InstanceSet }[] {
  return view.sets.filter(({ settled, stale }) => settled && !stale).map(set => ({ view, set }))
}

/** Errors that say that nothing was changed. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof InstanceConflictError || error instanceof InvalidInstanceError || error instanceof LeaseLostError
  )
}
