import { Application, Registrant, Site, run } from 'ropewalk'
import { openRegistry } from 'ropewalk/registry'

const registry = await openRegistry() // $ROPEWALK_REGISTRY, else the registry daemon on this machine
const site = new Site('tcp:0', request => Response.json({ id: new URL(request.url).pathname.slice(1), name: 'Ada' }))
const registrant = new Registrant({ registry, serviceName: 'users', covers: site })

const application = new Application('users', [registry, site, registrant])
export default application
if (import.meta.main) await run(application)
