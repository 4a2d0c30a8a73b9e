/**
 * Keeps the revisions that readers see growing over a daemon that has lost its data. Its new epoch begins above the old one by its
 * clock; should that have been set back, or the old revisions have run ahead of it, everything of the new epoch is shown that much
 * higher, and told back to the daemon that much lower.
 */
export class GrowingRevision {
  #epoch: string | undefined
  #shift = 0
  #newest = 0

  /** What readers see for a revision of the daemon in that epoch. */
  shown(revision: number, epoch: string | undefined): number {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#shift = Math.max(0, this.#newest + 1 - revision)
    }
    this.#newest = revision + this.#shift
    return this.#newest
  }

  /** The daemon's own revision, of the epoch shown last, for one that readers see; 0 for what they saw before it. */
  told(revision: number): number {
    return Math.max(0, revision - this.#shift)
  }
}
