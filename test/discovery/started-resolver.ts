import type { TestContext } from 'node:test'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { seededRandom } from '../../src/core/random.ts'
import { Resolver, type ResolverOptions } from '../../src/discovery/resolver.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ScriptedRegistry } from './scripted-registry.ts'

/** A Resolver of "users" that has started (or is about to, where it is required), before its first set. */
export async function startResolver(t: TestContext, options: Partial<ResolverOptions> = {}) {
  const clock = new FakeClock()
  const registry = new ScriptedRegistry()
  const resolver = new Resolver({ registry, serviceName: 'users', clock, random: seededRandom(1), ...options })
  t.after(() => resolver.stop())
  const starting = resolver.start()
  if (!options.required) await starting
  await clock.settle()
  return { clock, registry, resolver, starting }
}

/** What it offers, in short. */
export function ids(resolver: Resolver): string {
  return resolver.instances.map(({ id, status }) => (status === 'ready' ? id : `${id}:${status}`)).join()
}

/** What is told on area discovery during a test. */
export function events(t: TestContext): RopewalkEvent[] {
  const heard: RopewalkEvent[] = []
  t.after(observe('discovery', event => heard.push(event)))
  return heard
}
