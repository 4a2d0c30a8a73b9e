import type { Clock } from '../../core/clock.ts'
import type {
  Engine,
  EngineCall,
  EngineNames,
  EngineNotes,
  EngineSet,
  InstanceKey,
} from '../../discovery/engine/engine.ts'
import { EtcdClaim } from './claim.ts'
import type { EtcdClient } from './client.ts'
import { DataHistory } from './data-history.ts'
import { follow } from './follow.ts'
import { KeyChecks } from './key-checks.ts'
import { KnownLeases } from './known-leases.ts'
import { Layout } from './layout.ts'
import type { Operation } from './messages.ts'
import { NamesView } from './names-view.ts'
import { EtcdNotes } from './notes.ts'
import { ServiceView } from './service-view.ts'
import { SessionLease } from './session-lease.ts'
import { readSnapshot } from './snapshot.ts'

/** What an EtcdEngine is made of. */
export interface EtcdEngineOptions {
  readonly client: EtcdClient
  /** Before every key: begins with `/`, and does not end with one. */
  readonly prefix: string
  /** Whether to leave notes for those who drain, which takes the right to write. */
  readonly notes: boolean
  readonly clock: Clock
}

/** etcd as an Engine: Instances are keys on leases, and following is reading a range and watching it from the next revision on. */
export class EtcdEngine implements Engine {
  readonly url: string
  readonly notes: EngineNotes | undefined
  readonly #client: EtcdClient
  readonly #layout: Layout
  readonly #history = new DataHistory()
  readonly #leases = new KnownLeases()
  readonly #checks: KeyChecks
  readonly #session: SessionLease

  constructor({ client, prefix, notes, clock }: EtcdEngineOptions) {
    const layout = new Layout(prefix)
    const session = new SessionLease({ client, leases: this.#leases, clock })
    this.url = client.url
    this.notes = notes ? new EtcdNotes({ client, layout, history: this.#history, session }) : undefined
    this.#client = client
    this.#layout = layout
    this.#checks = new KeyChecks(client)
    this.#session = session
  }

  claim(key: InstanceKey): EtcdClaim {
    return new EtcdClaim(key, {
      client: this.#client,
      layout: this.#layout,
      leases: this.#leases,
      checks: this.#checks,
    })
  }

  /** Ends when the lease of the notes may have lapsed, too: whoever drains no longer waits for this process then. */
  async *follow(serviceName: string, call: EngineCall): AsyncGenerator<EngineSet, void, void> {
    const { lost } = this.#session
    const signal = lost ? AbortSignal.any([call.signal, lost]) : call.signal
    const range = this.#layout.instances(serviceName)
    const snapshot = await readSnapshot({ ...this.#data, range, mark: this.#layout.name(serviceName) }, { signal })
    const view = new ServiceView(serviceName, snapshot)
    yield* follow({ client: this.#client, range, view, fromRevision: snapshot.revision + 1 }, { signal })
  }

  async *followNames(call: EngineCall): AsyncGenerator<EngineNames, void, void> {
    const range = this.#layout.names
    const snapshot = await readSnapshot({ ...this.#data, range, keysOnly: true }, call)
    const view = new NamesView(snapshot)
    yield* follow({ client: this.#client, range, view, fromRevision: snapshot.revision + 1 }, call)
  }

  get #data() {
    return { client: this.#client, layout: this.#layout, history: this.#history }
  }

  /**
   * Deletes what stands on our leases, many keys with one request, and then revokes those one by one as far as there is time: what is left
   * of them lapses, and nobody sees it.
   */
  async close({ signal }: EngineCall): Promise<void> {
    this.#session.close()
    const leases = this.#leases.all
    const deletions = leases.flatMap(([lease, key]) => (key === undefined ? [] : deletion(key, lease)))
    for (let at = 0; leases.length > FEW && at < deletions.length; at += FEW) {
      await this.#client.txn({ success: deletions.slice(at, at + FEW) }, { signal }).catch(ignore)
    }
    await Promise.allSettled(leases.map(([lease]) => this.#client.revoke(lease, { signal })))
    this.#client.close()
  }
}

/** So many leases are revoked without ado, and so many deletions go with one request: etcd takes no more than 128. */
const FEW = 100

/** Deletes a key if it is on that lease. */
function deletion(key: string, lease: string): Operation {
  const compare = [{ key, target: 'LEASE', lease } as const]
  return { request_txn: { compare, success: [{ request_delete_range: { key } }] } }
}

function ignore(): void {}
