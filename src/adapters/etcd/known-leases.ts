/** So many leases are remembered; the oldest is forgotten first. */
const LEASES_MAX = 65_536

/**
 * The leases that this process has been granted and has not surely got rid of. What stands on one of them is our own, left over perhaps by an
 * attempt that was given up, and is no conflict.
 */
export class KnownLeases {
  readonly #leases = new Map<string, string | undefined>()

  /** `key` is the one that stands on it, if it is for one only. */
  add(lease: string, key?: string): void {
    this.#leases.set(lease, key)
    if (this.#leases.size > LEASES_MAX) this.#leases.delete(this.#leases.keys().next().value as string)
  }

  delete(lease: string): void {
    this.#leases.delete(lease)
  }

  has(lease: string | undefined): boolean {
    return lease !== undefined && this.#leases.has(lease)
  }

  /** All of them, with their keys. */
  get all(): ReadonlyArray<readonly [lease: string, key: string | undefined]> {
    return [...this.#leases]
  }
}
