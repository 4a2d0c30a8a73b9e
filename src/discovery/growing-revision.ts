/**
 * Keeps the revisions that readers see growing over a registry that has lost its data. Where its new epoch does not begin above
 * the old one, everything of the new epoch is shown that much higher, and told back to the registry that much lower.
 */
export class GrowingRevision {
  #epoch: string | undefined
  #shift = 0
  /** None yet: the first epoch is shown as it is told. */
  #newest = -1

  /** What readers see for a revision of the registry in that epoch. */
  shown(revision: number, epoch: string | undefined): number {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#shift = Math.max(0, this.#newest + 1 - revision)
    }
    this.#newest = revision + this.#shift
    return this.#newest
  }

  /** The registry's own revision, of the epoch shown last, for one that readers see; 0 for what they saw before it. */
  told(revision: number): number {
    return Math.max(0, revision - this.#shift)
  }
}
