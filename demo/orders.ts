import { Application, Registrant, Site, run } from 'ropewalk'
import { Client } from 'ropewalk/client'
import { openRegistry } from 'ropewalk/registry'
import { followParent, moment, tell } from './message.ts'
import { tellDiscovery, tellPickable } from './tell-discovery.ts'

// Each order asks `users` by name. What is marked "demo" only counts and tells.

const registry = await openRegistry()
const client = new Client({ registry, attemptTimeoutMs: 500, waitMs: 2_000 })
let requests = 0
let requestsAfterDrain = 0

const site = new Site('tcp:0:interface=127.0.0.1', async request => {
  if (requests++ === 0) tell({ type: 'first-request', at: moment() }) // demo
  if (registrant.lastDrain?.acknowledged) requestsAfterDrain++ // demo
  const id = new URL(request.url).pathname.slice(1)
  const answer = await client.request(`http://users/${id}`)
  if (answer.statusCode !== 200) return new Response(await answer.body.text(), { status: 502 })
  return Response.json({ order: id, user: await answer.body.json() })
})
const registrant = new Registrant({ registry, serviceName: 'orders', covers: site, ttlMs: 2_000 })
const application = new Application('orders', [registry, client, site, registrant])

followParent() // demo
tellDiscovery() // demo
tellPickable(client.resolvers.get('users')) // demo
process.once('beforeExit', () => tell({ type: 'stopped', requestsAfterDrain })) // demo

export default application
if (import.meta.main) await run(application)
