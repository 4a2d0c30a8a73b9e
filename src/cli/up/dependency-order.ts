/** Something that comes after others. */
export interface Dependent {
  readonly name: string
  readonly after: readonly string[]
}

/** The same items, each behind those it comes after, otherwise in the order given. There must be no circles. */
export function inDependencyOrder<T extends Dependent>(items: readonly T[]): T[] {
  const ordered = new Set<T>()
  const place = (item: T) => {
    for (const other of items) if (item.after.includes(other.name)) place(other)
    ordered.add(item)
  }
  for (const item of items) place(item)
  return [...ordered]
}
