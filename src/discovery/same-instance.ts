import type { Instance } from './instance.ts'

/** Whether two Instances say the same in every field; tags and endpoints in the same order, metadata in any. */
export function sameInstance(one: Instance, other: Instance): boolean {
  return (
    one === other ||
    (one.id === other.id &&
      one.serviceName === other.serviceName &&
      one.status === other.status &&
      one.weight === other.weight &&
      one.startedAt === other.startedAt &&
      one.zone === other.zone &&
      one.version === other.version &&
      sameList(one.endpoints, other.endpoints) &&
      sameList(one.tags, other.tags) &&
      sameRecord(one.metadata, other.metadata))
  )
}

/** Whether two lists of Instances are the same, one by one. Quick where most of them are the very same objects. */
export function sameInstances(some: readonly Instance[], others: readonly Instance[]): boolean {
  if (some === others) return true
  return some.length === others.length && some.every((instance, at) => sameInstance(instance, others[at] as Instance))
}

/** Whether two lists say the same in the same order. */
export function sameList(some: readonly string[], others: readonly string[]): boolean {
  return some === others || (some.length === others.length && some.every((value, at) => value === others[at]))
}

/** Whether two records have the same keys and values, in any order. */
export function sameRecord(some: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>): boolean {
  if (some === others) return true
  let more = 0
  for (const key in some) {
    if (some[key] !== others[key]) return false
    more++
  }
  for (const _ in others) more--
  return more === 0
}
