import type { TestContext } from 'node:test'
import { DaemonRegistry, type DaemonRegistryOptions } from '../../../src/adapters/daemon/index.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { PATIENCE_MS } from '../../patience.ts'

/** A front of a registry, on a port of 127.0.0.1; gone after the test. */
export async function serveFront(t: TestContext, registry: Registry, options: RegistryDaemonOptions = {}) {
  const daemon = new RegistryDaemon({
    endpoint: 'tcp:0:interface=127.0.0.1',
    backend: { registry, url: 'engine://behind' },
    frontends: [new RestFrontend()],
    graceMs: 500,
    settleMs: 0,
    ...options,
  })
  t.after(() => daemon.stop())
  t.after(() => registry.close())
  await daemon.start()
  const port = Number(new URL(daemon.endpoints[0] ?? '').port)
  return {
    daemon,
    port,
    url: `http://127.0.0.1:${port}`,
    /** A client with a session at this front. */
    connect: (clientOptions: DaemonRegistryOptions = {}): DaemonRegistry => {
      const client = new DaemonRegistry({ port, requestMs: PATIENCE_MS, ...clientOptions })
      t.after(() => client.close())
      return client
    },
  }
}
