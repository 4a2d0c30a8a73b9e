import { after, before, describe } from 'node:test'
import { ConsulRegistry } from '../../../src/adapters/consul/index.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { REGISTRY_CASES } from '../../../src/testing/registry-cases/all-cases.ts'
import { registrySuite } from '../../../src/testing/registry-suite.ts'
import { PATIENCE_MS } from '../../patience.ts'

/** What takes minutes with the real Consul as well, and what needs a daemon that can be restarted, is left to the other suites. */
const { 'watches under load': _, 'survives restarts': __, 'survives interruptions': ___, ...cases } = REGISTRY_CASES

describe("The registry daemon's Consul API, with our adapter of Consul", () => {
  let daemon: RegistryDaemon

  before(async () => {
    daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [new ConsulFrontend()] })
    await daemon.start()
  })
  after(() => daemon.stop())

  registrySuite('ConsulRegistry over a registry daemon', {
    cases,
    deviations: { 'keeps everything at its limit': 'the daemon takes texts of checks up to 4,096 bytes' },
    pace: { patienceMs: 20_000, reason: 'a busy machine' },
    async open() {
      const { port } = new URL(daemon.endpoints[0] ?? '')
      const open = () =>
        new ConsulRegistry({ addresses: [`127.0.0.1:${port}`], settleMs: 1_000, requestMs: PATIENCE_MS })
      return { registry: open(), peer: async () => open(), ttlMs: 2_000, close: async () => {} }
    },
  })
})
