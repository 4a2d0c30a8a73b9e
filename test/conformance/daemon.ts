import { DaemonAdmin, DaemonRegistry } from '../../src/adapters/daemon/index.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'
import { DaemonProcess } from '../adapters/daemon/daemon-process.ts'
import { until } from '../adapters/daemon/until.ts'
import { PATIENCE_MS } from '../patience.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** DaemonRegistry, with a registry daemon in a process of its own. */
export const daemon: RegistryTrial = {
  title: 'DaemonRegistry',
  deviations: {},
  async start() {
    // In a minute of cases more leases lapse than live, which is when a daemon would begin to keep them.
    const process = await DaemonProcess.start({ graceMs: 1_000, quietMs: 200, preservation: false })
    return { open: () => openDaemon(process), stop: () => process[Symbol.asyncDispose]() }
  },
}

async function openDaemon(process: DaemonProcess): Promise<RegistryFixture> {
  const admin = new DaemonAdmin({ port: process.port, requestMs: PATIENCE_MS })
  await until(async () => (await admin.status()).settled, 'the daemon is sure of what it knows')
  const relay = await TcpRelay.listen({ port: process.port })
  return {
    registry: registryAt(relay.port, 'suite'),
    peer: async () => registryAt(process.port, 'peer'),
    ttlMs: 1_500,
    async disconnect() {
      relay.refuse()
      return async () => relay.heal()
    },
    async restart({ empty }) {
      await process.kill()
      if (empty) await process.loseData()
      await process.start()
    },
    close: () => relay[Symbol.asyncDispose](),
  }
}

function registryAt(port: number, clientName: string): DaemonRegistry {
  return new DaemonRegistry({ port, clientName, requestMs: PATIENCE_MS })
}
