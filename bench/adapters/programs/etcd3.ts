import { Etcd3, type IKeyValue } from 'etcd3'
import type { Instance } from '../../../src/discovery/instance.ts'
import { fromWireInstance, toWireInstance, type WireInstance } from '../../../src/protocol/wire-instance.ts'
import { input } from '../../harness/answer.ts'
import { type EtcdUser, serve } from './etcd-user.ts'

/* The package etcd3 as its manual shows it. */

const { port, method } = input() as { port: number; method: Parameters<typeof serve>[1] }
const prefix = '/ropewalk/instances/users/'
const client = new Etcd3({ hosts: `http://127.0.0.1:${port}` })

const user: EtcdUser = {
  async register(instance) {
    const lease = client.lease(600, { autoKeepAlive: false })
    await lease.put(`${prefix}${instance.id}`).value(valueOf(instance))
  },
  async lease() {
    const lease = client.lease(600, { autoKeepAlive: false })
    await lease.grant()
    return async () => {
      await lease.keepaliveOnce()
    }
  },
  async parse() {
    return Object.values(await client.getAll().prefix(prefix).json())
  },
  async read() {
    const { kvs } = await client.getAll().prefix(prefix).exec()
    return kvs.map(instanceOf)
  },
  async watch(onChange) {
    const watcher = await client.watch().prefix(prefix).create()
    watcher.on('put', kv => onChange(instanceOf(kv)))
  },
  async write(instance) {
    await client.put(`${prefix}${instance.id}`).value(valueOf(instance))
  },
}

await serve(user, method)

function valueOf(instance: Instance): string {
  const { id: _, ...rest } = toWireInstance(instance)
  return JSON.stringify(rest)
}

function instanceOf({ key, value }: IKeyValue): Instance {
  const id = key.toString().slice(prefix.length)
  return fromWireInstance('users', { ...(JSON.parse(value.toString()) as WireInstance), id })
}
