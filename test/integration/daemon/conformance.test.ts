import { after } from 'node:test'
import { DaemonAdmin, DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { registrySuite } from '../../../src/testing/registry-suite.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { DaemonProcess } from '../../adapters/daemon/daemon-process.ts'
import { until } from '../../adapters/daemon/until.ts'

const daemon = await DaemonProcess.start({ graceMs: 1_000, quietMs: 200 })
after(() => daemon[Symbol.asyncDispose]())

registrySuite('DaemonRegistry', {
  async open() {
    const admin = new DaemonAdmin({ port: daemon.port })
    await until(async () => (await admin.status()).settled, 'the daemon is sure of what it knows')
    const relay = await TcpRelay.listen({ port: daemon.port })
    return {
      registry: new DaemonRegistry({ port: relay.port, clientName: 'suite' }),
      peer: async () => new DaemonRegistry({ port: daemon.port, clientName: 'peer' }),
      ttlMs: 500,
      async disconnect() {
        relay.refuse()
        return async () => relay.heal()
      },
      async restart({ empty }) {
        await daemon.kill()
        if (empty) await daemon.loseData()
        await daemon.start()
      },
      close: () => relay[Symbol.asyncDispose](),
    }
  },
})
