import type { Link } from './link.ts'
import { type ChildrenChange, NodeChildren } from './node-children.ts'
import { sync } from './operations.ts'

/**
 * The children of a node with their data: whole at once, then whatever has changed, coalesced while the reader is busy. Ends only by throwing: the
 * reason of the connection's end, or of the signal. Nothing is missed: the watch is set before anything is read, and the server has caught
 * up with its leader by then.
 */
export async function* followChildren(
  link: Link,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ChildrenChange, void, void> {
  const children = new NodeChildren(link, path)
  const ended = AbortSignal.any([signal, link.lost])
  const leave = await link.watch(path, 'tree', event => children.hear(event))
  try {
    await link.request(sync(path), { signal: ended })
    for (;;) {
      const change = await children.read(ended)
      if (change) yield change
      await children.changed(ended)
    }
  } finally {
    leave()
  }
}
