/** What happens on the way up, in this order: sockets are bound, work begins, the service can be found. */
export const PHASES_UP = ['bind', 'start', 'register'] as const

/** What happens on the way down, in this order: nobody finds it any more, what is in flight finishes and the rest is destroyed. */
export const PHASES_DOWN = ['drain', 'stop'] as const

/** A part of the way up. */
export type PhaseUp = (typeof PHASES_UP)[number]

/** A part of the way down. */
export type PhaseDown = (typeof PHASES_DOWN)[number]

/** A part of the way up or down: a tree goes through each as a whole before the next begins. */
export type Phase = PhaseUp | PhaseDown

/** What a hook is told. */
export interface PhaseContext {
  /**
   * On the way up it aborts when the start is given up: settle soon, `onStop` follows. On the way down it aborts at the deadline (at once,
   * when that has passed already): destroy what is left. A hook that has not settled a second later is abandoned and named in the error.
   */
  readonly signal: AbortSignal
}
