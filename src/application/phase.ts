/** What happens on the way up, in this order: sockets are bound, work begins, the service can be found. */
export type PhaseUp = 'bind' | 'start' | 'register'

/** What happens on the way down, in this order: nobody finds it any more; what is in flight finishes and the rest is destroyed. */
export type PhaseDown = 'drain' | 'stop'

/** A part of the way up or down: a tree goes through each as a whole before the next begins. */
export type Phase = PhaseUp | PhaseDown

/** What a hook is told. */
export interface PhaseContext {
  /**
   * On the way up it aborts when the start is given up: settle soon, `onStop` follows. On the way down it aborts at the deadline (at once,
   * when that has passed already), for a drain at half of it, so that what is in flight has the rest to finish: destroy what is left. A hook that has not settled a second later is abandoned and named in the error.
   */
  readonly signal: AbortSignal
}
