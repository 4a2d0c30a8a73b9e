import { abortable } from '../../core/abort.ts'
import type { Link } from './link.ts'
import { getChildren, sync } from './operations.ts'

/** The names of a node's children at one moment. */
export interface ChildNames {
  /** The transaction that last added or removed one; of a node that is not there, the last that its server had seen. */
  readonly revision: number
  readonly names: readonly string[]
}

/** The names of the children of a node at once, then again whenever one came or went, coalesced while the reader is busy. Ends as `followChildren` does. */
export async function* followNames(
  link: Link,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ChildNames, void, void> {
  let changed = Promise.withResolvers<void>()
  let told = -1
  const ended = AbortSignal.any([signal, link.lost])
  const leave = await link.watch(path, 'node', () => changed.resolve())
  try {
    await link.request(sync(path), { signal: ended })
    for (;;) {
      const { zxid, result } = await link.request(getChildren(path), { signal: ended })
      const revision = result?.stat.childrenAt ?? zxid
      if (revision > told) yield { revision, names: result?.children ?? [] }
      told = Math.max(told, revision)
      await abortable(changed.promise, ended)
      changed = Promise.withResolvers()
    }
  } finally {
    leave()
  }
}
