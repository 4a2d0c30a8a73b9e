import { Application } from '../../../src/application/application.ts'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'
import { Site } from '../../../src/web/site.ts'
import { answer, input } from '../../harness/answer.ts'

/* A Site that is registered as `users`, and dies when it is told to. */

const { url, id, ttlMs = 5_000 } = input() as { url: string; id: string; ttlMs?: number }
const registry = await openRegistry(url)
const site = new Site('tcp:0:interface=127.0.0.1', () => new Response(id))
const registrant = new Registrant({ registry, serviceName: 'users', id, covers: site, ttlMs })
await new Application(id, [registry, site, registrant]).start()

answer({}, { die: () => process.kill(process.pid, 'SIGKILL') })
