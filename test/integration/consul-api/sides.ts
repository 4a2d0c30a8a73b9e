import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { startConsul } from '../../engines/engines.ts'

/** A real Consul and our daemon, each with the same name, id and data centre. */
export interface Sides extends AsyncDisposable {
  readonly consul: string
  readonly ours: string
  readonly daemon: RegistryDaemon
  /** What is different in both for reasons of no interest. */
  readonly nodeId: string
}

/** Starts both. */
export async function startSides(options: { scriptChecks?: boolean } = {}): Promise<Sides> {
  const { scriptChecks = false } = options
  const engine = await startConsul({ config: { enable_script_checks: scriptChecks } })
  const consul = `http://127.0.0.1:${engine.ports.http}`
  const self = (await (await fetch(`${consul}/v1/agent/self`)).json()) as { Config: { NodeID: string } }
  const nodeId = self.Config.NodeID
  const frontend = new ConsulFrontend({ nodeName: 'n0', nodeId, serverPort: engine.ports.server, scriptChecks })
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [frontend], graceMs: 500 })
  await daemon.start()
  const ours = daemon.endpoints[0]?.replace('tcp:', 'http:') ?? ''
  return {
    consul,
    ours,
    daemon,
    nodeId,
    async [Symbol.asyncDispose]() {
      await daemon.stop()
      await engine[Symbol.asyncDispose]()
    },
  }
}
