/**
 * A process that registers one instance: `node registrant-program.ts '{"port":…,"id":…,"ttlMs":…}'`. Its parent hears first that the
 * application is up, then what the Registrant tells; it may say how many milliseconds to stand still for, or `stop`.
 */
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { Application } from '../../../src/application/application.ts'
import { observe } from '../../../src/core/event.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'

const { port, id, ttlMs } = JSON.parse(process.argv[2] ?? '{}') as { port: number; id: string; ttlMs: number }
const registry = new DaemonRegistry({ port, clientName: id })
const covers = { endpoints: ['tcp://127.0.0.1:9'], status: 'ready' } as const
const application = new Application(id, [new Registrant({ registry, serviceName: 'users', id, ttlMs, covers })])

process.on('message', message => {
  if (typeof message === 'number') standStill(message)
  else void stop()
})
process.on('disconnect', () => process.exit())
process.send?.({ event: 'started' })
observe('discovery', ({ event }) => process.send?.({ event }))
await application.start()

async function stop(): Promise<void> {
  await application.stop()
  await registry.close()
  process.removeAllListeners('disconnect')
  process.disconnect?.()
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
