import { DaemonAdmin, DaemonRegistry } from '../../src/adapters/daemon/index.ts'
import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'
import type { Registry } from '../../src/discovery/registry.ts'
import type { RegistryFixture } from '../../src/testing/registry-bench.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'
import { until } from '../adapters/daemon/until.ts'
import { PATIENCE_MS } from '../patience.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** What is tried with every test over one engine, and over others only at leisure. */
export const LONG_GROUPS: readonly string[] = [
  'watches under load',
  'keeps leases',
  'survives races',
  'survives restarts',
]

/** What a front is tried over: `open` opens its registry, `restart` restarts what is behind. */
export interface Behind {
  readonly open: () => Registry
  readonly restart: RegistryFixture['restart'] & {}
  readonly stop: () => Promise<void>
}

/** DaemonRegistry with a front in this process; the peer is at another front of the same registry. */
export function frontTrial(
  init: Pick<RegistryTrial, 'title' | 'engine' | 'pace' | 'atLeisure'>,
  startBehind: () => Promise<Behind>,
): RegistryTrial {
  return {
    ...init,
    deviations: {},
    async start() {
      const behind = await startBehind()
      const fronts = await Promise.all([startFront(behind), startFront(behind)])
      return {
        open: () => openFront(fronts, behind),
        async stop() {
          await Promise.all(fronts.map(front => front.stop()))
          await behind.stop()
        },
      }
    },
  }
}

interface Front {
  readonly port: number
  stop(): Promise<void>
}

async function startFront(behind: Behind): Promise<Front> {
  const registry = behind.open()
  const daemon = new RegistryDaemon({
    endpoint: 'tcp:0:interface=127.0.0.1',
    graceMs: 1_000,
    quietMs: 200,
    // In a minute of cases more leases lapse than live, which is when a daemon would begin to keep them.
    preservation: false,
    backend: { registry, url: 'engine:' },
    frontends: [new RestFrontend()],
  })
  await daemon.start()
  const port = Number(new URL(daemon.endpoints[0] ?? '').port)
  return {
    port,
    async stop() {
      await daemon.stop()
      await registry.close()
    },
  }
}

async function openFront([front, other]: readonly Front[], { restart }: Behind): Promise<RegistryFixture> {
  if (!front || !other) throw new Error('Two fronts are needed')
  for (const { port } of [front, other]) {
    const admin = new DaemonAdmin({ port, requestMs: PATIENCE_MS })
    await until(async () => (await admin.status()).settled, 'the front is sure of what it knows')
  }
  const relay = await TcpRelay.listen({ port: front.port })
  return {
    registry: registryAt(relay.port, 'suite'),
    peer: async () => registryAt(other.port, 'peer'),
    async disconnect() {
      relay.refuse()
      return async () => relay.heal()
    },
    restart,
    close: () => relay[Symbol.asyncDispose](),
  }
}

function registryAt(port: number, clientName: string): DaemonRegistry {
  return new DaemonRegistry({ port, clientName, requestMs: PATIENCE_MS })
}
