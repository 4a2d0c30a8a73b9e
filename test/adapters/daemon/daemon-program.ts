/** A registry daemon as a process of its own: `node daemon-program.ts '{"endpoint":…,"dataPath":…}'`. Tells its port to its parent. */
import { RegistryDaemon, type RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as RegistryDaemonOptions
const daemon = new RegistryDaemon({ ...options, frontends: [new RestFrontend()] })
await daemon.start()
const { port } = new URL(daemon.endpoints[0] ?? '')
process.send?.({ port: Number(port) })
process.on('disconnect', () => process.exit())
