import { limitYoungGeneration } from '../../../src/cli/young-generation.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { answer } from '../../harness/answer.ts'

/* A registry daemon that is to clients what `consul agent -dev` is: it keeps nothing, and indents what it answers. What it
 * has for young objects is what `ropewalk registry` has. */

const api = new ConsulFrontend({ nodeName: 'n0', indented: true })
const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [api] })
limitYoungGeneration()
await daemon.start()

answer({ port: Number(new URL(daemon.endpoints[0] ?? '').port) }, { residentBytesMax })

function residentBytesMax(): number {
  return process.resourceUsage().maxRSS * 1024
}
