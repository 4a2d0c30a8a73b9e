import * as fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { spoiled } from './spoiled.ts'

export const SERVICES = ['web', 'db', 'cache', 'Web']
export const IDS = ['web-1', 'web-2', 'db-1', 'web']
export const NODES = ['ext-1', 'ext-2', 'EXT-1']
/** Of the catalog: to the agent ids that differ by case are two, to the catalog one. */
export const CATALOG_IDS = [...IDS, 'WEB-1', 'Db-1']
export const CHECKS = ['alive', 'disk', 'service:web-1', 'service:db-1']
export const TAGS = ['v1', 'v2', 'V1', '']
export const STATUSES = ['passing', 'warning', 'critical']
export const SESSIONS = ['s1', 's2', 's3']

/** One of a few, so that one request hits upon what another did. */
export const of = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

export const address = of(['10.0.0.1', '10.0.0.2', '', 'host.test', 'fd00::1', '0.0.0.0'])

export const metadata = of([{ a: 'b' }, { a: 'b', k: '1' }, {}, { zone: 'z', version: '1' }])

/** A write with one of those bodies, some of which are spoiled. */
export function writes(path: string, bodies: fc.Arbitrary<unknown>): fc.Arbitrary<Exchange> {
  return fc.record({ method: fc.constant('PUT'), path: fc.constant(path), body: spoiled(bodies) })
}
