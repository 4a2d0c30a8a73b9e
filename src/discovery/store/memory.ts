/** Knows whether there is memory for more than there is. */
export interface Memory {
  /** Throws `StoreLimitError` where there is none, so that nothing may be added; what makes nothing larger may go on. */
  requireRoom(): void
}
