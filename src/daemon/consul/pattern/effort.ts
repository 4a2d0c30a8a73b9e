import { PatternProblem } from './parse-pattern.ts'

/** How many steps the patterns of one evaluation may take together: about half a second of a daemon that does nothing else meanwhile. */
export const EFFORT_STEPS_MAX = 50_000_000

/** What the patterns of one evaluation may still cost, in steps: a step is one place of a pattern at one character of a text. */
export class Effort {
  #left: number

  constructor(stepsMax: number = EFFORT_STEPS_MAX) {
    this.#left = stepsMax
  }

  /** Throws `PatternProblem` when more is spent than there was. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new PatternProblem('takes too many steps: make it simpler, or ask for less')
  }
}
