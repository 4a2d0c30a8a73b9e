/** A limit that a ratio or a figure is to keep. */
export interface Bound {
  /** As it is printed: `≥ 0.95`. */
  readonly text: string
  admits(value: number): boolean
}

/** The bound `≥ limit`. */
export function atLeast(limit: number): Bound {
  return { text: `≥ ${limit}`, admits: value => value >= limit }
}

/** The bound `≤ limit`. */
export function atMost(limit: number): Bound {
  return { text: `≤ ${limit}`, admits: value => value <= limit }
}

/** The bound `≤ 1/parts`. */
export function atMostOneIn(parts: number): Bound {
  return { text: `≤ 1/${parts}`, admits: value => value <= 1 / parts }
}

/** No limit: the figure is to be known, and nothing to be reached. */
export const unbound: Bound = { text: '–', admits: () => true }
