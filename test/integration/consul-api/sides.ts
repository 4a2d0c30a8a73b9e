import { AclAccess } from '../../../src/daemon/consul/acl/acl-access.ts'
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

/** How both are to be started. */
export interface SidesOptions {
  readonly scriptChecks?: boolean
  /** Lets in by tokens and denies by default; with a token by which everything is allowed, or without one to begin with. */
  readonly acl?: { readonly master?: string }
}

const NODE_ID = '11111111-2222-3333-4444-555555555555'

function aclConfig(acl: SidesOptions['acl']): Record<string, unknown> {
  if (!acl) return {}
  return {
    node_id: NODE_ID,
    acl: { enabled: true, default_policy: 'deny', ...(acl.master && { tokens: { ...acl, agent: acl.master } }) },
  }
}

/** Without a token that sees the nodes it takes another sign that it is ready. */
function seeing(acl: SidesOptions['acl']): { token?: string; isBare?: boolean } {
  if (!acl) return {}
  return acl.master === undefined ? { isBare: true } : { token: acl.master }
}

async function nodeIdOf(url: string): Promise<string> {
  const self = (await (await fetch(`${url}/v1/agent/self`)).json()) as { Config: { NodeID: string } }
  return self.Config.NodeID
}

/** Starts both. */
export async function startSides({ scriptChecks = false, acl }: SidesOptions = {}): Promise<Sides> {
  const engine = await startConsul({
    config: { enable_script_checks: scriptChecks, ...aclConfig(acl) },
    ...seeing(acl),
  })
  const consul = `http://127.0.0.1:${engine.ports.http}`
  const nodeId = acl ? NODE_ID : await nodeIdOf(consul)
  const access = acl && new AclAccess({ master: acl.master })
  const settings = { nodeName: 'n0', nodeId, serverPort: engine.ports.server, scriptChecks, acl: access }
  const daemon = new RegistryDaemon({
    endpoint: 'tcp:0:interface=127.0.0.1',
    frontends: [new ConsulFrontend(settings)],
    graceMs: 500,
    access,
  })
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
