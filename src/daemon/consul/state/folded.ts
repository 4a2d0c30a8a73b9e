/** A name of a node or a service, or an id, as it counts where case does not matter to it: everywhere in Consul's catalog. */
export function folded(name: string): string {
  return name.toLowerCase()
}

/** Whether two names are one where case does not matter. */
export function isSameName(one: string, other: string): boolean {
  return one === other || folded(one) === folded(other)
}
