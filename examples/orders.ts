import { Application, Registrant, Site, run } from 'ropewalk'
import { Client } from 'ropewalk/client'
import { openRegistry } from 'ropewalk/registry'

const registry = await openRegistry()
const client = new Client({ registry })
const site = new Site('tcp:0', async () => {
  const answer = await client.fetch('http://users/42')
  return Response.json({ order: 1, user: await answer.json() })
})
const registrant = new Registrant({ registry, serviceName: 'orders', covers: site })

const application = new Application('orders', [registry, client, site, registrant])
export default application
if (import.meta.main) await run(application)
