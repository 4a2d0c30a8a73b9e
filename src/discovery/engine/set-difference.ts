import type { Instance } from '../instance.ts'
import { sameInstance } from '../same-instance.ts'

/** How one list of Instances, in the order of their ids, became another. */
export interface SetDifference {
  /** What is there that was not, or was otherwise. */
  readonly put: readonly Instance[]
  /** What is there no more. */
  readonly gone: readonly Instance[]
}

/**
 * What has to be done to `before` to make `after` of it. Quick where most of the two lists are the very same objects: what they have in
 * common at both ends is passed over without a look at the ids.
 */
export function differenceOf(before: readonly Instance[], after: readonly Instance[]): SetDifference {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let [oldEnd, newEnd] = [before.length, after.length]
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd--
    newEnd--
  }
  return between(before.slice(start, oldEnd), after.slice(start, newEnd))
}

function between(before: readonly Instance[], after: readonly Instance[]): SetDifference {
  const put: Instance[] = []
  const gone: Instance[] = []
  let at = 0
  for (const instance of after) {
    while (at < before.length && (before[at] as Instance).id < instance.id) gone.push(before[at++] as Instance)
    const old = before[at]
    if (old?.id !== instance.id) put.push(instance)
    else if (at++ >= 0 && !sameInstance(old, instance)) put.push(instance)
  }
  return { put, gone: [...gone, ...before.slice(at)] }
}
