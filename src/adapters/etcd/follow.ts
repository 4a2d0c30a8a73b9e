import type { EngineCall } from '../../discovery/engine/engine.ts'
import { Latest } from '../../core/latest.ts'
import type { EtcdClient } from './client.ts'
import type { WatchEvent } from './watch-answer.ts'
import type { WatchRequest } from './watch-listener.ts'

/** Something that is kept up to date by the changes etcd tells of. */
export interface View<T> {
  /** As it is now. */
  readonly value: T
  /** All changes up to `revision`. */
  apply(events: readonly WatchEvent[], revision: number): void
}

/** What to follow from which revision on, and what it changes. */
export interface FollowRequest<T> extends WatchRequest {
  readonly client: EtcdClient
  readonly view: View<T>
}

/** The view at once, then after each change; a reader that is busy next gets the newest. Throws what the watch ends with. */
export async function* follow<T>(request: FollowRequest<T>, { signal }: EngineCall): AsyncGenerator<T, void, void> {
  const { client, view, ...watch } = request
  const revisions = new Latest(watch.fromRevision)
  const stop = client.watch(watch, {
    onEvents: (events, revision) => {
      view.apply(events, revision)
      revisions.set(revision)
    },
    onEnd: error => revisions.close(error),
  })
  try {
    for await (const _ of revisions.read({ signal })) yield view.value
  } finally {
    stop()
  }
}
