import { abortable } from '../../core/abort.ts'

/** Something this process knows from ZooKeeper, which lags behind by as long as reading takes. */
export interface LocalView {
  /** Resolves when all that has been heard of until now is told. */
  caughtUp(): Promise<void>
}

/**
 * What this process follows, by the paths of the nodes. Whoever writes waits for it, so that a write that is answered is seen by every reader here: ZooKeeper
 * tells a connection of a change before it answers on it, and so the views have heard of it by then.
 */
export class LocalViews {
  readonly #views = new Map<string, Set<LocalView>>()

  /** Has writers at `path` wait for `view` until the returned function is called. */
  add(path: string, view: LocalView): () => void {
    const present = this.#views.get(path)
    if (present) present.add(view)
    else this.#views.set(path, new Set([view]))
    return () => {
      const views = this.#views.get(path)
      views?.delete(view)
      if (views?.size === 0) this.#views.delete(path)
    }
  }

  /** Waits until the views at `path` show all that they have heard of, or until the signal aborts. */
  async caughtUp(path: string, signal: AbortSignal): Promise<void> {
    const views = this.#views.get(path)
    if (!views) return
    await abortable(Promise.all(Array.from(views, view => view.caughtUp())), signal).catch(ignore)
  }
}

function ignore(): void {}
