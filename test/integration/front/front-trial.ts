import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { Shared } from '../../cli/ropewalk.ts'
import type { EngineTrial, TrialServer } from '../engines/engine-trial.ts'
import { FrontProcess } from './front-process.ts'

/** A front of an engine, where what fails is the engine, or the front itself. */
export function frontTrial(behind: EngineTrial, fails: 'engine' | 'front'): EngineTrial {
  return {
    title: `A front of ${behind.title} whose ${fails} is`,
    engine: behind.engine,
    ttlMs: behind.ttlMs,
    start: () => startFront(behind, fails),
    url: port => `ropewalk://127.0.0.1:${port}`,
    open: (port, { clock }) => new DaemonRegistry({ port, clock }),
  }
}

async function startFront(behind: EngineTrial, fails: 'engine' | 'front'): Promise<TrialServer> {
  const all = new Shared()
  try {
    const engine = await behind.start()
    all.after(() => engine.stop())
    let front = await FrontProcess.start(all, behind.url(engine.port))
    const relay = await TcpRelay.listen({ port: front.port })
    all.after(() => relay[Symbol.asyncDispose]())
    const common = { port: relay.port, stop: () => all.undo() }
    if (fails === 'engine') return { ...engine, ...common }
    return {
      ...common,
      kill: () => front.kill(),
      pause: async () => front.signal('SIGSTOP'),
      resume: async () => front.signal('SIGCONT'),
      async restart() {
        front = await FrontProcess.start(all, behind.url(engine.port))
        relay.target = { port: front.port }
      },
    }
  } catch (error) {
    await all.undo()
    throw error
  }
}
