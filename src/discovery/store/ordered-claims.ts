import type { Claim } from './owner.ts'

/** Up to so many newcomers are put in their places one by one; of more the whole is sorted. */
const INSERTIONS_MAX = 16

/** When so many have come and gone since the order was asked for, and a quarter of all, it is forgotten: nobody seems to need it. */
const CHANGES_MIN = 64

/**
 * The claims of one service by the ids of their instances. The order is made when it is asked for, from the order of the last time: where nobody
 * watches, or everybody is told differences, it never is, and coming and going then cost a look into a Map.
 */
export class OrderedClaims {
  readonly #byId = new Map<string, Claim>()
  /** In the order of ids, as of when that was last asked for; undefined when it was not, or is forgotten. */
  #ordered: Claim[] | undefined
  /** What has come since then, and what of `#ordered` has gone. */
  readonly #come = new Set<Claim>()
  #gone: Claim[] = []

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Claim | undefined {
    return this.#byId.get(id)
  }

  /** Puts a claim in the place of its instance's id. Without effect if it is there. */
  put(claim: Claim): void {
    const { id } = claim.instance
    const former = this.#byId.get(id)
    if (former === claim) return
    if (former) this.#leave(former)
    this.#byId.set(id, claim)
    if (!this.#ordered) return
    this.#come.add(claim)
    this.#forgetUnused()
  }

  delete(id: string): void {
    const claim = this.#byId.get(id)
    if (!claim) return
    this.#byId.delete(id)
    this.#leave(claim)
  }

  /** All of them in the order of their ids; to be read at once, not kept. */
  inOrder(): readonly Claim[] {
    this.#ordered = this.#ordered ? this.#brought(this.#ordered) : [...this.#byId.values()].toSorted(byId)
    this.#come.clear()
    this.#gone = []
    return this.#ordered
  }

  /** The order of the last time with what has changed since. */
  #brought(former: Claim[]): Claim[] {
    const gone = new Set(this.#gone)
    const ordered = gone.size === 0 ? former : former.filter(claim => !gone.has(claim))
    if (this.#come.size > INSERTIONS_MAX) return [...ordered, ...this.#come].toSorted(byId)
    for (const claim of this.#come) insert(claim, ordered)
    return ordered
  }

  #leave(claim: Claim): void {
    if (!this.#ordered || this.#come.delete(claim)) return
    this.#gone.push(claim)
    this.#forgetUnused()
  }

  #forgetUnused(): void {
    const { size } = this.#byId
    const isUsed = this.#come.size + this.#gone.length < Math.max(CHANGES_MIN, size / 4)
    // It keeps what has gone, however large that is, until it is asked for.
    if (isUsed && this.#gone.length <= size) return
    this.#ordered = undefined
    this.#come.clear()
    this.#gone = []
  }
}

function insert(claim: Claim, ordered: Claim[]): void {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (byId(ordered[middle] as Claim, claim) < 0) low = middle + 1
    else high = middle
  }
  ordered.splice(low, 0, claim)
}

/** By UTF-16 code units, as JavaScript compares texts. */
function byId({ instance: one }: Claim, { instance: other }: Claim): number {
  return one.id < other.id ? -1 : 1
}
