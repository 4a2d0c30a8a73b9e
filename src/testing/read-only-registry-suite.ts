import assert from 'node:assert/strict'
import { RegistryReadOnlyError } from '../discovery/errors.ts'
import type { Instance } from '../discovery/instance.ts'
import type { Registry } from '../discovery/registry.ts'
import type { RegistryFixture } from './registry-bench.ts'
import { REGISTRY_CASES } from './registry-cases/all-cases.ts'
import type { RegistryCases } from './registry-cases/registry-case.ts'
import { registrySuite, type RegistrySuiteOptions } from './registry-suite.ts'
import { WrittenRegistry } from './written-registry.ts'

/** A Registry that is only read, opened for one case, and the other side of it. */
export interface ReadOnlyFixture extends Omit<RegistryFixture, 'ttlMs' | 'restart'> {
  /** Has these instances, and no others, be what there is, as whoever fills the registry would do it. */
  write: (instances: readonly Instance[]) => Promise<void>
}

/** How to try a Registry that is only read. */
export interface ReadOnlySuiteOptions extends Pick<RegistrySuiteOptions, 'deviations' | 'pace'> {
  /** Opens the Registry anew for each case. */
  open: () => Promise<ReadOnlyFixture>
}

/** Cases about leases, and about what only `register` could do wrong. */
const NOT_FOR_READERS = new Set([
  'refuses an instance out of its limits and lists nothing of it',
  'refuses a change out of its limits and changes nothing',
  'shows it to who joins others that watch already as well, and not what was removed',
  'keeps 10,000 instances of one service, or as many as its pace allows',
  'keeps 1,000 services, or as many as its pace allows, and names them all',
  'registers nothing when that is given up before',
  'leaves nothing registered when that is given up meanwhile',
  'changes nothing when that is given up before',
  'refuses everything once it is closed',
  'leaves nothing behind in other processes, once its leases have lapsed at the latest',
  'answers everything that is under way when it is closed',
  'costs no registration when it heals in time',
])

const GROUPS = [
  'registers',
  'keeps to limits',
  'watches',
  'watches under load',
  'knows service names',
  'heeds signals',
  'closes',
  'survives interruptions',
]

/** What only registries that are only read can be asked. */
const readingCases: RegistryCases = {
  'refuses to register, and says how an instance gets there': async bench => {
    const { registry } = (bench.fixture.registry as WrittenRegistry).fixture
    await assert.rejects(registry.register(bench.instance('a')), RegistryReadOnlyError)
  },

  'shows as many instances and services as others do': async bench => {
    const { fixture } = bench.fixture.registry as WrittenRegistry
    const { instances, services } = bench.pace
    const many = Array.from({ length: instances }, (_, at) => bench.instance(`i${String(at).padStart(6, '0')}`))
    const others = Array.from({ length: services }, (_, at) =>
      bench.instance('a', { serviceName: `${bench.serviceName}-${at}` }),
    )
    const follower = bench.open()
    await fixture.write([...many, ...others])
    await bench.until(() => follower.set?.instances.length === instances, 'the instances arrive')
    assert.deepEqual(follower.set?.instances, many)
    await fixture.write(many.slice(1))
    await bench.until(() => follower.set?.instances.length === instances - 1, 'the change arrives')
    assert.equal(follower.set?.instances[0], follower.sets.at(-2)?.instances[1])
  },
}

function casesForReaders(): Record<string, RegistryCases> {
  const groups = GROUPS.map(
    group =>
      [group, Object.entries(REGISTRY_CASES[group] ?? {}).filter(([title]) => !NOT_FOR_READERS.has(title))] as const,
  )
  return {
    'is only read': readingCases,
    ...Object.fromEntries(groups.map(([group, cases]) => [group, Object.fromEntries(cases)])),
  }
}

/**
 * What a Registry that is only read must hold to: of `registrySuite`, all that can be asked of it, each time after its other side has been
 * written as the case would have registered it.
 */
export function readOnlyRegistrySuite(name: string, { open, ...options }: ReadOnlySuiteOptions): void {
  registrySuite(name, { ...options, cases: casesForReaders(), open: async () => written(await open()) })
}

function written(fixture: ReadOnlyFixture): RegistryFixture {
  const instances = new Map<string, Instance>()
  const over = (registry: Registry) => new WrittenRegistry({ registry, write: fixture.write }, instances)
  return { ...fixture, registry: over(fixture.registry), peer: async () => over(await fixture.peer()) }
}
