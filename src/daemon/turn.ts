/** What is left to the end of a turn, in the order in which it is done: to disk, to those who watch, to the sockets. */
export type TurnStep = 'commit' | 'notify' | 'send'

const STEPS: readonly TurnStep[] = ['commit', 'notify', 'send']

/**
 * Does at the end of this turn of the event loop what many callers in it asked for: all that one turn wrote is committed at once, all that
 * it changed is told at once, all that it says to one peer goes in one frame. A task is run once however often it was asked for before it
 * runs. What a task asks for of the same or a later step is done in the same turn, of an earlier step in the next.
 */
export class Turn {
  readonly #tasks: Record<TurnStep, Set<() => void>> = { commit: new Set(), notify: new Set(), send: new Set() }
  #ending = false

  /** Runs `task` at that step of the end of this turn. */
  at(step: TurnStep, task: () => void): void {
    this.#tasks[step].add(task)
    if (this.#ending) return
    this.#ending = true
    setImmediate(() => this.#end())
  }

  /** A task that throws ends the process or, where that is prevented, this turn: what is left is done in the next. */
  #end(): void {
    try {
      for (const step of STEPS) this.#run(this.#tasks[step])
    } finally {
      this.#ending = STEPS.some(step => this.#tasks[step].size > 0)
      if (this.#ending) setImmediate(() => this.#end())
    }
  }

  /** A Set's iterator also comes to what is added meanwhile. */
  #run(tasks: Set<() => void>): void {
    for (const task of tasks) {
      tasks.delete(task)
      task()
    }
  }
}
