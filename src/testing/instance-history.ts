import type { Instance } from '../discovery/instance.ts'

/** One thing an Instance was made to be: there as written, or absent. */
export interface Version {
  /** What was written, the status apart; undefined: absent. */
  readonly content: string | undefined
  readonly draining: boolean
  /** Whose claim it belongs to. */
  readonly holder: unknown
  /** When the registry said it was done, as a count of what happened; undefined while it has not. */
  doneAt: number | undefined
  /** Whether the registry must have it: false when the answer was an error that leaves it open. */
  certain: boolean
}

/** What to write: undefined for a removal. */
export interface WriteInit {
  instance: Instance | undefined
  holder: unknown
}

/** Everything one Instance ever was, oldest first: at first absent. */
export class InstanceHistory {
  readonly #versions: Version[] = [{ content: undefined, draining: false, holder: undefined, doneAt: 0, certain: true }]

  /** Notes that a write has begun. */
  write({ instance, holder }: WriteInit): Version {
    const content = instance && contentOf(instance)
    const version = { content, draining: instance?.status === 'draining', holder, doneAt: undefined, certain: true }
    this.#versions.push(version)
    return version
  }

  /** Notes that a write has never happened. */
  withdraw(version: Version): void {
    this.#versions.splice(this.#versions.indexOf(version), 1)
  }

  /** Notes that the claim of `holder` is gone without its doing; after everything it wrote, and before what others wrote since. */
  lapse(holder: unknown, doneAt: number): void {
    const last = this.#versions.findLastIndex(version => version.holder === holder)
    if (last < 0 || this.#versions[last]!.content === undefined) return
    this.#versions.splice(last + 1, 0, { content: undefined, draining: false, holder, doneAt, certain: true })
  }

  /** The last version that was done before `moment`. */
  doneBefore(moment: number): number {
    return this.#versions.findLastIndex(({ doneAt }) => doneAt !== undefined && doneAt < moment)
  }

  /** The first version from `from` on that `instance` can be; -1 if there is none. */
  find(instance: Instance | undefined, from: number): number {
    return this.#versions.findIndex((version, index) => index >= from && canBe(version, instance))
  }

  /** Whether `instance` can be what all of it ended in. */
  endsAs(instance: Instance | undefined): boolean {
    return this.find(instance, this.#lastCertain) >= 0
  }

  /** What all of it ended in, for people. */
  get end(): string {
    return describe(this.#versions[this.#lastCertain]!)
  }

  get #lastCertain(): number {
    return this.#versions.findLastIndex(({ certain }) => certain)
  }
}

/** Statuses other than ready and draining are the registry's to say, and hide whether it drains. */
function canBe({ content, draining }: Version, instance: Instance | undefined): boolean {
  if (content === undefined || instance === undefined) return content === instance
  if (content !== contentOf(instance)) return false
  return draining ? instance.status !== 'ready' : instance.status !== 'draining'
}

const contents = new WeakMap<Instance, string>()

function contentOf(instance: Instance): string {
  const known = contents.get(instance)
  if (known !== undefined) return known
  const { serviceName, id, endpoints, weight, zone, version, tags, metadata, startedAt } = instance
  const keys = Object.keys(metadata).toSorted((one, other) => (one < other ? -1 : 1))
  const sorted = Object.fromEntries(keys.map(key => [key, metadata[key]]))
  const all = { serviceName, id, endpoints, weight, zone, version, tags, metadata: sorted, startedAt }
  const content = JSON.stringify(all)
  contents.set(instance, content)
  return content
}

function describe({ content, draining }: Version): string {
  if (content === undefined) return 'absent'
  return draining ? `${content} draining` : content
}
