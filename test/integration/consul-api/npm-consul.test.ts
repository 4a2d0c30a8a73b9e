import assert from 'node:assert/strict'
import Consul from 'consul'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { type Sides, startSides } from './sides.ts'

/** What a test knows better than the compiler. */
type Json = ReturnType<typeof JSON.parse>

/** What the client makes of what it is told, by what it does: each a list of facts to be compared. Its own types are wrong in places. */
const DEEDS: Readonly<Record<string, (client: Json) => Promise<Json>>> = {
  async 'registers, finds and deregisters a service'(client: Json) {
    await client.agent.service.register({
      name: 'web',
      id: 'web-1',
      tags: ['v1'],
      address: '127.0.0.1',
      port: 80,
      meta: { a: 'b' },
      check: { name: 'alive', ttl: '60s' },
    })
    await client.agent.check.pass({ id: 'service:web-1', note: 'fine' })
    const found: Json = await passing(client, 1)
    const services: Json = await client.agent.services()
    const nodes: Json = await client.catalog.service.nodes('web')
    await client.agent.service.maintenance({ id: 'web-1', enable: true, reason: 'x' })
    const checks: Json = await client.agent.checks()
    await client.agent.service.maintenance({ id: 'web-1', enable: false })
    await client.agent.service.deregister('web-1')
    const gone: Json = await passing(client, 0)
    return [
      found.map((one: Json) => [one.Service.ID, one.Service.Port, one.Checks.map((check: Json) => check.Status)]),
      services['web-1'].Tags,
      nodes.map((node: Json) => [node.Node, node.ServiceAddress]),
      Object.keys(checks).toSorted(),
      gone,
    ]
  },
  async 'keeps values'(client: Json) {
    const set = await client.kv.set('k/a', 'one')
    const { Value, ModifyIndex }: Json = await client.kv.get('k/a')
    const stale = await client.kv.set({ key: 'k/a', value: 'two', cas: '1' })
    const fresh = await client.kv.set({ key: 'k/a', value: 'two', cas: String(ModifyIndex), flags: 7 })
    const list: Json = await client.kv.get({ key: 'k/', recurse: true })
    const keys = await client.kv.keys('k/')
    const absent = await client.kv.get('k/none')
    await client.kv.del({ key: 'k/', recurse: true })
    const gone = await client.kv.get('k/a')
    return [set, Value, stale, fresh, list.map((row: Json) => [row.Key, row.Value, row.Flags]), keys, absent, gone]
  },
  async 'holds a lock with a session'(client: Json) {
    const { ID }: Json = await client.session.create({ name: 's', ttl: '20s', behavior: 'delete', lockdelay: '1s' })
    const first = await client.kv.set({ key: 'lock', value: 'me', acquire: ID })
    const info: Json = await client.session.get(ID)
    const [renewed]: Json = await client.session.renew(ID)
    await client.session.destroy(ID)
    return [first, info.Name, info.TTL, renewed.Behavior, await client.kv.get('lock')]
  },
  async 'does transactions'(client: Json) {
    const { Results }: Json = await client.transaction.create([
      { KV: { Verb: 'set', Key: 't', Value: Buffer.from('hi').toString('base64') } },
      { KV: { Verb: 'get', Key: 't' } },
    ])
    return Results.map((result: Json) => result.KV.Value)
  },
  async 'fires events and lists them'(client: Json) {
    await client.event.fire({ name: 'deploy', payload: '53' })
    const events: Json = await client.event.list('deploy')
    return events.map((event: Json) => [event.Name, event.Payload])
  },
  async 'keeps and executes queries'(client: Json) {
    const { ID }: Json = await client.query.create({ name: 'q', service: { service: 'consul' } })
    const { Nodes }: Json = await client.query.execute('q')
    const kept: Json = await client.query.list()
    return [ID.length, Nodes.length, kept[0].Name]
  },
  async 'asks about the agent and the cluster'(client: Json) {
    const self: Json = await client.agent.self()
    const members: Json = await client.agent.members()
    const [node]: Json = await client.catalog.node.list()
    const state: Json = await client.health.state('passing')
    return [
      self.Config.Datacenter,
      members.length,
      node.Node,
      state.map((check: Json) => check.CheckID),
      await client.catalog.datacenters(),
      typeof (await client.status.leader()),
    ]
  },
  async 'watches a key'(client: Json) {
    await client.kv.set('watched', '0')
    const watch = client.watch({ method: client.kv.get, options: { key: 'watched' }, backoffFactor: 100 })
    const seen: string[] = []
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    watch.on('error', reject)
    watch.on('change', (row: Json) => {
      seen.push(row.Value)
      if (row.Value === '2') resolve()
      else void client.kv.set('watched', String(Number(row.Value) + 1))
    })
    await promise
    watch.end()
    return seen
  },
}

/** The instances of `web` once there are so many: a real Consul tells its catalog a moment later. */
async function passing(client: Json, count: number): Promise<Json> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found: Json = await client.health.service({ service: 'web', passing: true })
    if (found.length === count) return found
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  return undefined
}

/** A client of the agent at `url`. */
const client = (url: string): Json => new Consul({ host: '127.0.0.1', port: Number(new URL(url).port) })

describe('The client "consul" of npm', { skip: missingEngine('consul') }, () => {
  let sides: Sides

  before(async () => void (sides = await startSides()))
  after(() => sides[Symbol.asyncDispose]())

  for (const [what, deed] of Object.entries(DEEDS)) {
    it(`${what} with us as with Consul`, async () => {
      assert.deepEqual(await deed(client(sides.ours)), await deed(client(sides.consul)))
    })
  }
})
