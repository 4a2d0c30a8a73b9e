import type { EngineCall, EngineNote, EngineNotes } from '../../discovery/engine/engine.ts'
import type { Calls } from './calls.ts'
import { followChildren } from './follow-children.ts'
import type { Layout } from './layout.ts'
import { fromNodeName } from './node-name.ts'
import { type Acl, remove } from './operations.ts'
import { putSessionNode } from './session-node.ts'

/** What notes need. */
export interface NotesContext {
  readonly layout: Layout
  readonly acl: readonly Acl[]
  readonly calls: Calls
}

/** The notes of the readers of services: nodes that live by the sessions of the processes, beside Curator's. */
export class ZookeeperNotes implements EngineNotes {
  readonly #context: NotesContext

  constructor(context: NotesContext) {
    this.#context = context
  }

  async put(serviceName: string, { reader, name, revision }: EngineNote, { signal }: EngineCall): Promise<void> {
    const { layout, acl } = this.#context
    const path = layout.reader(serviceName, reader)
    const data = Buffer.from(JSON.stringify({ name, revision }))
    await this.#context.calls.perform(signal, link =>
      putSessionNode(link, { path, data, acl, parents: 'container' }, { signal }),
    )
  }

  async remove(serviceName: string, reader: string, { signal }: EngineCall): Promise<void> {
    const path = this.#context.layout.reader(serviceName, reader)
    await this.#context.calls.perform(signal, link => link.request(remove(path), { signal }))
  }

  async *follow(serviceName: string, { signal }: EngineCall): AsyncGenerator<readonly EngineNote[], void, void> {
    const notes = new Map<string, EngineNote>()
    const { layout, calls } = this.#context
    const path = layout.readers(serviceName)
    for await (const { put, gone } of calls.stream(signal, link => followChildren(link, path, signal))) {
      for (const node of gone) notes.delete(node)
      for (const [node, data] of put) notes.set(node, { reader: fromNodeName(node), ...decodeNote(data) })
      yield [...notes.values()]
    }
  }
}

/** What a note says; of one that cannot be read, that its reader has read nothing yet: a drain then waits to its limit. */
function decodeNote(data: Buffer | undefined): Pick<EngineNote, 'name' | 'revision'> {
  try {
    const { name, revision } = JSON.parse(data?.toString() ?? '') as Partial<EngineNote>
    if (typeof name === 'string' && typeof revision === 'number') return { name, revision }
  } catch {
    // What is no JSON is treated as what has the wrong fields.
  }
  return { name: 'unknown', revision: 0 }
}
