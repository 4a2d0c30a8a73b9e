import { Application, Registrant, Site, run } from 'ropewalk'
import { openRegistry } from 'ropewalk/registry'
import { followParent, moment, tell } from './message.ts'
import { tellDiscovery } from './tell-discovery.ts'

// A service as anybody would write it; what is marked "demo" only counts and tells.

const registry = await openRegistry()
let requests = 0
let requestsAfterDrain = 0

const site = new Site(process.env.ENDPOINT ?? 'tcp:0:interface=127.0.0.1', request => {
  if (requests++ === 0) tell({ type: 'first-request', at: moment() }) // demo
  if (registrant.lastDrain?.acknowledged) requestsAfterDrain++ // demo
  const id = new URL(request.url).pathname.slice(1)
  return Response.json({ id, name: `User ${id}` })
})
const registrant = new Registrant({ registry, serviceName: 'users', covers: site, ttlMs: 2_000 })
const application = new Application('users', [registry, site, registrant])

followParent() // demo
tellDiscovery() // demo
process.once('beforeExit', () => tell({ type: 'stopped', requestsAfterDrain })) // demo

export default application
if (import.meta.main) await run(application)
