import { seededRandom } from '../../../src/core/random.ts'
import { EngineRegistry, type EngineRegistrySettings } from '../../../src/discovery/engine/engine-registry.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import type { RegistryFixture } from '../../../src/testing/registry-bench.ts'
import { FakeEngine, type FakeLink } from './fake-engine.ts'
import { FakeEngineServer } from './fake-engine-server.ts'

const STEP_MS = 100

/** A FakeEngineServer, and EngineRegistries over it as so many processes. */
export function engineFixture({
  notes = true,
  link,
  random = seededRandom(1),
  ...settings
}: EngineFixtureOptions = {}) {
  const clock = new FakeClock()
  const server = new FakeEngineServer(clock)
  const engines: FakeEngine[] = []
  const open = (clientName: string) => {
    const engine = new FakeEngine(server, { clock, notes })
    if (link) engine.link = link(clock)
    engines.push(engine)
    return { engine, registry: new EngineRegistry(engine, { clock, random, clientName, ...settings }) }
  }
  /** Turns the clock, the server's too, in steps that leave what answers each other the turns it needs. */
  const advance = async (ms: number) => {
    for (let leftMs = ms; leftMs >= 0; leftMs -= STEP_MS) {
      await clock.advance(Math.min(leftMs, STEP_MS))
      server.lapse()
      await clock.settle()
      if (leftMs === STEP_MS) return
    }
  }
  const { engine, registry } = open('program')
  return { clock, server, engines, engine, registry, open, advance }
}

/** What the fixture is made of. */
export interface EngineFixtureOptions extends EngineRegistrySettings {
  readonly notes?: boolean
  readonly link?: (clock: FakeClock) => FakeLink
}

/** The same for the conformance suite. */
export function suiteFixture(options?: EngineFixtureOptions): RegistryFixture {
  const { clock, server, engines, engine, registry, open, advance } = engineFixture(options)
  return {
    registry,
    advance,
    clock,
    peer: () => Promise.resolve(open('peer').registry),
    disconnect: () => {
      engine.cut({ down: true })
      return Promise.resolve(() => Promise.resolve(engine.connect()))
    },
    restart: ({ empty }) => {
      if (empty) server.wipe()
      for (const each of engines) each.cut()
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}
