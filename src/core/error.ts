/** A stable, searchable name of an error; each has a section in docs/reference/errors.md. */
export type ErrorCode = `ERR_${string}`

/**
 * Parent of every error Ropewalk throws. A subclass stands for one thing that can go wrong and carries a stable `code`; its message
 * says what happened, the value it happened to, and what to do. What led to it is kept in `cause`.
 */
export abstract class RopewalkError extends Error {
  abstract readonly code: ErrorCode

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}
