/**
 * A process with a Site that is registered as `users` by the registry at a URL: `node site-program.ts '{"url":…,"id":…,"ttlMs":…}'`. Its
 * parent hears that it is up, and then what its Registrant tells.
 */
import { Application } from '../../../src/application/application.ts'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { observe } from '../../../src/core/event.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'
import { Site } from '../../../src/web/site.ts'

const { url, id, ttlMs } = JSON.parse(process.argv[2] ?? '{}') as { url: string; id: string; ttlMs: number }
const registry = await openRegistry(url)
const site = new Site('tcp:0:interface=127.0.0.1', () => new Response(id))
const registrant = new Registrant({ registry, serviceName: 'users', id, ttlMs, covers: site })
const application = new Application(id, [registry, site, registrant])

process.on('disconnect', () => process.exit())
observe('discovery', ({ event }) => process.send?.({ event }))
await application.start()
process.send?.({ event: 'started' })
