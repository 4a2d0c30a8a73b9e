import type { EngineCall, EngineNote, EngineNotes } from '../../discovery/engine/engine.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { encodeText } from './base64.ts'
import type { EtcdClient } from './client.ts'
import type { DataHistory } from './data-history.ts'
import { EtcdLeaseNotFoundError } from './errors.ts'
import { follow } from './follow.ts'
import type { Layout } from './layout.ts'
import { NotesView } from './notes-view.ts'
import type { SessionLease } from './session-lease.ts'
import { readSnapshot } from './snapshot.ts'

/** What EtcdNotes are made of. */
export interface EtcdNotesOptions {
  readonly client: EtcdClient
  readonly layout: Layout
  readonly history: DataHistory
  readonly session: SessionLease
}

/** Notes as keys on the lease of their process. */
export class EtcdNotes implements EngineNotes {
  readonly #options: EtcdNotesOptions

  constructor(options: EtcdNotesOptions) {
    this.#options = options
  }

  async put(serviceName: string, { reader, name, revision }: EngineNote, call: EngineCall): Promise<void> {
    const { client, layout, session } = this.#options
    const lease = await session.id(call)
    const key = layout.note(serviceName, reader)
    const put = { request_put: { key, value: encodeText(JSON.stringify({ name, revision })), lease } }
    try {
      await client.txn({ success: [put] }, call)
    } catch (error) {
      if (!(error instanceof EtcdLeaseNotFoundError)) throw error
      session.drop(lease, error)
      throw new RegistryUnavailableError(client.url, { cause: error })
    }
  }

  async remove(serviceName: string, reader: string, call: EngineCall): Promise<void> {
    const { client, layout } = this.#options
    await client.txn({ success: [{ request_delete_range: { key: layout.note(serviceName, reader) } }] }, call)
  }

  async *follow(serviceName: string, call: EngineCall): AsyncGenerator<readonly EngineNote[], void, void> {
    const { client, layout, history } = this.#options
    const range = layout.notes(serviceName)
    const snapshot = await readSnapshot({ client, layout, history, range }, call)
    yield* follow({ client, range, view: new NotesView(snapshot), fromRevision: snapshot.revision + 1 }, call)
  }
}
