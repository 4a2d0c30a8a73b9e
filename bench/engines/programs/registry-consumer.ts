import { openRegistry } from '../../../src/cli/open-registry.ts'
import { answer, input } from '../../harness/answer.ts'

/* Follows `users` by nothing but the registry at a URL, and tells when an instance may be chosen there, and when no longer. */

const { url } = input() as { url: string }
const registry = await openRegistry(url)
await registry.start()
const choosable = new Set<string>()
const changed = new Set<() => void>()
void follow()

answer({}, { chosen: (id: string) => until(id, true), unchosen: (id: string) => until(id, false) })

async function follow(): Promise<void> {
  for await (const { instances } of registry.watch('users')) {
    choosable.clear()
    // What is suspect is chosen only when nothing else is left, and there is always a survivor.
    for (const { id, status } of instances) if (status !== 'suspect' && status !== 'draining') choosable.add(id)
    for (const look of changed) look()
  }
}

/** The moment at which the instance can be chosen, or cannot, in milliseconds since 1970. */
function until(id: string, isChoosable: boolean): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const look = () => {
    if (choosable.has(id) !== isChoosable) return
    changed.delete(look)
    resolve(performance.timeOrigin + performance.now())
  }
  changed.add(look)
  look()
  return promise
}
