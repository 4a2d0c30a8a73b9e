import { sleep } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

/** What a Heartbeat does. */
export interface HeartbeatOptions {
  readonly clock: Clock
  readonly random: Random
  /** Asks; rejects, at a limit of time at the latest, when there is no good answer. */
  readonly beat: () => Promise<void>
  readonly onMissed: (error: Error) => void
}

/** Between two beats, in milliseconds; give or take a fifth. */
const BEAT_MS = 3_000

/** Asks again and again whether somebody is there, as long as anybody holds it. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #holders = 0
  #running: AbortController | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /**
   * Beats until this is disposed of, once for all who hold it. Who lets go and holds again at once, as with one request after the other,
   * costs nothing: only when a beat is due is it seen whether anybody holds it.
   */
  hold(): Disposable {
    this.#holders++
    if (!this.#running) this.#start()
    return { [Symbol.dispose]: () => void this.#holders-- }
  }

  /** Beats no more, whoever holds it. */
  stop(): void {
    this.#running?.abort()
    this.#running = undefined
  }

  #start(): void {
    const running = new AbortController()
    this.#running = running
    this.#run(running.signal).catch(() => {})
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random, beat, onMissed } = this.#options
    for (;;) {
      await sleep(clock, BEAT_MS * (0.8 + 0.4 * random.next()), { signal })
      if (this.#holders === 0) return this.stop()
      try {
        await beat()
      } catch (error) {
        if (signal.aborted) return
        onMissed(error as Error)
      }
    }
  }
}
