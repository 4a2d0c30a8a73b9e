import { decodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient } from '../../../src/adapters/etcd/client.ts'
import { DataHistory } from '../../../src/adapters/etcd/data-history.ts'
import { EtcdEngine } from '../../../src/adapters/etcd/engine.ts'
import { Layout } from '../../../src/adapters/etcd/layout.ts'
import { decodeInstance, encodeInstance } from '../../../src/adapters/etcd/record.ts'
import { ServiceView } from '../../../src/adapters/etcd/service-view.ts'
import { readSnapshot } from '../../../src/adapters/etcd/snapshot.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { input } from '../../harness/answer.ts'
import { type EtcdUser, serve } from './etcd-user.ts'

/* Our adapter, below what all registries share. A registration also makes sure that nobody else has the id, and marks the service as known. */

const { port, method } = input() as { port: number; method: Parameters<typeof serve>[1] }
const { signal } = new AbortController()
const prefix = '/ropewalk'
const client = new EtcdClient({ origins: [`http://127.0.0.1:${port}`] })
const engine = new EtcdEngine({ client, prefix, notes: false, clock: systemClock })
const layout = new Layout(prefix)

const user: EtcdUser = {
  async register(instance) {
    await engine.claim(instance).take(instance, { ttlMs: 600_000, signal })
  },
  async lease() {
    const lease = await client.grant(600)
    return () => client.keepAlive(lease)
  },
  async parse() {
    const { kvs = [] } = await client.range(layout.instances('users'))
    return kvs.map(({ value = '' }) => JSON.parse(decodeText(value)) as unknown)
  },
  async read() {
    const range = layout.instances('users')
    const snapshot = await readSnapshot({ client, layout, history: new DataHistory(), range }, { signal })
    return new ServiceView('users', snapshot).value.instances
  },
  async watch(onChange) {
    const range = layout.instances('users')
    client.watch(
      { range, fromRevision: 1 },
      {
        onEvents: events => {
          for (const event of events) onChange(decodeInstance('users', event) ?? fail())
        },
        onEnd: fail,
      },
    )
  },
  async write(instance) {
    const put = { key: layout.instance(instance), value: encodeInstance(instance) }
    await client.txn({ success: [{ request_put: put }] })
  },
}

await serve(user, method)

function fail(): never {
  throw new Error('The watch has ended, or brought what is no instance')
}
