/** Something with a place among its siblings. */
export interface Ordered {
  readonly name: string
  /** The siblings it comes after; undefined for all before it in the list. */
  readonly after: readonly string[] | undefined
}

/** For each sibling those that have to be done before it. */
export type Order<T> = ReadonlyMap<T, readonly T[]>

/**
 * The order of the way up. One that comes after all before it needs to wait only for those since the last such one, which has waited for
 * the rest; so a plain list costs one edge each. Names of siblings that are not (or no longer) before it are passed over.
 */
export function orderUp<T extends Ordered>(siblings: readonly T[]): Order<T> {
  const order = new Map<T, readonly T[]>()
  let sinceBarrier: T[] = []
  for (const sibling of siblings) {
    const { after } = sibling
    order.set(sibling, after ? [...order.keys()].filter(({ name }) => after.includes(name)) : sinceBarrier)
    sinceBarrier = after ? [...sinceBarrier, sibling] : [sibling]
  }
  return order
}

/** The order of the way down: each after all that came after it on the way up. */
export function orderDown<T extends Ordered>(siblings: readonly T[]): Order<T> {
  const order = new Map<T, T[]>(siblings.toReversed().map(sibling => [sibling, []]))
  for (const [sibling, before] of orderUp(siblings)) {
    for (const earlier of before) order.get(earlier)?.push(sibling)
  }
  return order
}

/**
 * Takes `step` for each sibling when it has been taken for all before it in `order`; what is not ordered runs in parallel. When a step
 * rejects, those after it are not taken; when all that were taken have settled, it rejects with the first error.
 */
export async function inOrder<T>(order: Order<T>, step: (sibling: T) => Promise<void>): Promise<void> {
  const steps = new Map<T, Promise<void>>()
  const failures: unknown[] = []
  const take = async (sibling: T, before: readonly T[]) => {
    for (const earlier of before) await steps.get(earlier)
    if (failures.length > 0) return
    await step(sibling).catch((error: unknown) => void failures.push(error))
  }
  for (const [sibling, before] of order) steps.set(sibling, take(sibling, before))
  await Promise.all(steps.values())
  if (failures.length > 0) throw failures[0]
}
