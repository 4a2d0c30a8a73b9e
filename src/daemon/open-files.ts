import { closeSync, openSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Clock, Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'

/** How often it is tried whether a file can be opened, in milliseconds. */
const TRY_MS = 1_000

/** How long that must have gone well before it is told that it does again: who is at the limit is above and below it all the time. */
const CALM_MS = 60_000

/** What ends when a process has as many files and connections open as it may, or all processes together. */
const EXHAUSTED: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE'])

/** What OpenFiles work with. */
export interface OpenFilesInit {
  readonly clock: Clock
  /** Opens a file and closes it again, or throws. Default: that which takes everything and keeps nothing. */
  readonly attempt?: (() => void) | undefined
}

/**
 * Tells when this process has as many files and connections open as the system lets it have. Nobody else does: connections that come then are closed by Node, which says
 * nothing of it, and listens on. So it is tried once a second whether there is room for one more. The event `files.exhausted` tells that there is none, once, and
 * `files.available` that there is again, when there was for a minute.
 */
export class OpenFiles {
  readonly #clock: Clock
  readonly #attempt: () => void
  readonly #max = softLimit()
  #timer: Timer
  #exhaustedAt: number | undefined

  constructor({ clock, attempt = openAny }: OpenFilesInit) {
    this.#clock = clock
    this.#attempt = attempt
    this.#timer = this.#later()
  }

  /** Tries no more. Harmless a second time. */
  close(): void {
    this.#timer.cancel()
  }

  #later(): Timer {
    return this.#clock.schedule(TRY_MS, () => {
      this.#timer = this.#later()
      this.#try()
    })
  }

  #try(): void {
    try {
      this.#attempt()
    } catch (error) {
      if (EXHAUSTED.has((error as NodeJS.ErrnoException).code)) return this.#failed(error)
    }
    if (this.#exhaustedAt === undefined || this.#clock.now() - this.#exhaustedAt < CALM_MS) return
    this.#exhaustedAt = undefined
    const message = 'There is room again for more files and connections'
    publish('daemon', { level: 'info', event: 'files.available', message })
  }

  #failed(error: unknown): void {
    const isTold = this.#exhaustedAt !== undefined
    this.#exhaustedAt = this.#clock.now()
    if (isTold) return
    const advice = `connections that come now are closed. Let it have more (ulimit -n${this.#max}), or look for who opens so many`
    const message = `The registry can open no more files and connections: ${(error as Error).message}; ${advice}`
    publish('daemon', { level: 'error', event: 'files.exhausted', message, error })
  }
}

function openAny(): void {
  closeSync(openSync(devNull, 'r'))
}

/** How many files this process may have open, for people, where the system tells. */
function softLimit(): string {
  try {
    const [, max] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return max === undefined ? '' : `, which is ${max}`
  } catch {
    return ''
  }
}
