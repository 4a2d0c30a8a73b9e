import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { InstanceConflictError } from '../../src/discovery/errors.ts'
import type { Instance, InstanceInit } from '../../src/discovery/instance.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { WatchOracle } from '../../src/testing/watch-oracle.ts'
import type { ViolationKind } from '../../src/testing/watch-view.ts'

function instance(id: string, init: Partial<InstanceInit> = {}): Instance {
  return createInstance({ serviceName: 'users', id, endpoints: ['tcp://10.0.0.1:80'], startedAt: 0, ...init })
}

const [a, b] = [instance('a'), instance('b')]
const heavyA = instance('a', { weight: 2 })
const drainingA = instance('a', { status: 'draining' })

function setOf(revision: number, instances: readonly Instance[], init: Partial<InstanceSet> = {}): InstanceSet {
  return { serviceName: 'users', revision, instances, known: true, settled: true, ageMs: 0, stale: false, ...init }
}

/** Writes what ids should be in turn, by one holder each; a bare id is a removal. */
function write(oracle: WatchOracle, ...written: (Instance | string)[]): void {
  for (const version of written) {
    const id = typeof version === 'string' ? version : version.id
    oracle.writing('users', id, { instance: typeof version === 'string' ? undefined : version, holder: id }).done()
  }
}

function kinds(oracle: WatchOracle, options?: { atRest: boolean }): ViolationKind[] {
  return oracle.violations(options).map(({ kind }) => kind)
}

describe('WatchOracle', () => {
  it('is content with a watch that shows every change, and with one that skips some', () => {
    const oracle = new WatchOracle()
    const [patient, slow] = [oracle.watching('users'), oracle.watching('users')]
    write(oracle, a, b, heavyA, drainingA, 'a')
    const late = [setOf(5, [b])]
    for (const set of [
      setOf(0, [], { known: false }),
      setOf(1, [a]),
      setOf(2, [a, b]),
      setOf(3, [heavyA, b]),
      ...late,
    ]) {
      patient.saw(set)
    }
    for (const set of [setOf(2, [a, b]), ...late]) slow.saw(set)
    assert.equal(oracle.isQuiet, true)
    oracle.verify()
  })

  it('is content with sets that become stale, current and settled at the same revision', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    for (const init of [{}, { stale: true }, {}, { settled: false }, {}]) view.saw(setOf(1, [a], init))
    oracle.verify()
  })

  it('is content with statuses that the registry gives', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    for (const [at, status] of (['ready', 'late', 'suspect', 'unconfirmed', 'ready'] as const).entries()) {
      view.saw(setOf(at, [instance('a', { status })]))
    }
    oracle.verify()
  })

  it('catches a revision that goes back', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    view.saw(setOf(2, [a]))
    view.saw(setOf(1, [a]))
    assert.deepEqual(oracle.violations(), [
      { kind: 'order', message: 'order: watch #1 of "users" at revision 1: it came after revision 2' },
    ])
  })

  it('catches an instance that goes back', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a, heavyA)
    view.saw(setOf(2, [heavyA]))
    view.saw(setOf(3, [a]))
    assert.deepEqual(kinds(oracle), ['order'])
  })

  it('catches an instance that comes back from the dead', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a, drainingA, 'a')
    for (const set of [setOf(1, [a]), setOf(2, []), setOf(3, [drainingA])]) view.saw(set)
    assert.deepEqual(kinds(oracle), ['order'])
  })

  it('lets an instance come back that was written so again', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a, heavyA, a, 'a', a)
    for (const set of [setOf(2, [heavyA]), setOf(3, [a]), setOf(4, []), setOf(5, [a])]) view.saw(set)
    oracle.verify()
  })

  it('catches a set that comes twice', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    view.saw(setOf(1, [a]))
    view.saw(setOf(1, [a]))
    assert.deepEqual(kinds(oracle), ['uniqueness'])
  })

  it('catches a revision that stands for two sets, at one watch or at two', () => {
    const oracle = new WatchOracle()
    const [one, two] = [oracle.watching('users'), oracle.watching('users')]
    write(oracle, a, b)
    one.saw(setOf(1, [a], { stale: true }))
    one.saw(setOf(1, [a, b]))
    two.saw(setOf(1, [a]))
    assert.deepEqual(kinds(oracle), ['uniqueness', 'uniqueness'])
  })

  it('catches sets of another service, out of order, or with an instance twice', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a, b)
    view.saw(setOf(1, [b, a]))
    view.saw(setOf(2, [a, b, b]))
    view.saw(setOf(3, [a, b], { serviceName: 'orders' }))
    assert.deepEqual(kinds(oracle), ['shape', 'shape', 'shape'])
  })

  it('catches what nobody wrote', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    view.saw(setOf(1, [a, b]))
    view.saw(setOf(2, [heavyA]))
    view.saw(setOf(3, [drainingA]))
    assert.deepEqual(kinds(oracle), ['phantom', 'phantom', 'phantom'])
  })

  it('catches an instance that is missing, unless the set is not settled', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a, b)
    view.saw(setOf(2, [a, b]))
    view.saw(setOf(3, [b], { settled: false }))
    assert.deepEqual(kinds(oracle), [])
    view.saw(setOf(4, [b]))
    assert.deepEqual(kinds(oracle), ['loss'])
  })

  it('catches a first set that is older than the watch', () => {
    const oracle = new WatchOracle()
    write(oracle, a)
    const view = oracle.watching('users')
    write(oracle, heavyA)
    view.saw(setOf(1, []))
    assert.deepEqual(kinds(oracle), ['freshness'])
  })

  it('catches a watch that comes to rest without the last change', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    write(oracle, a)
    view.saw(setOf(1, [a]))
    assert.equal(oracle.isQuiet, true)
    write(oracle, heavyA)
    assert.equal(oracle.isQuiet, false)
    assert.deepEqual([kinds(oracle), kinds(oracle, { atRest: true })], [[], ['completeness']])
    assert.throws(() => oracle.verify(), /came to rest without the last change of instance "a", which is .*"weight":2/)
  })

  it('catches a watch that yields nothing, or rests stale or unsettled', () => {
    const oracle = new WatchOracle()
    oracle.watching('users')
    oracle.watching('users').saw(setOf(1, [], { stale: true }))
    oracle.watching('users').saw(setOf(1, [], { settled: false }))
    assert.deepEqual(kinds(oracle, { atRest: true }), ['completeness', 'completeness', 'completeness'])
  })

  it('calls it resumption when the connection was interrupted', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    view.saw(setOf(1, []))
    oracle.interrupted()
    write(oracle, a)
    assert.deepEqual(kinds(oracle, { atRest: true }), ['resumption'])
  })

  it('expects nothing more of a watch that ended', () => {
    const oracle = new WatchOracle()
    oracle.watching('users').ended = true
    write(oracle, a)
    oracle.verify()
  })

  it('accepts either outcome of a write whose fate is unknown, and no outcome of one that was refused', () => {
    const oracle = new WatchOracle()
    const [one, two] = [oracle.watching('users'), oracle.watching('users')]
    write(oracle, a)
    oracle.writing('users', 'a', { instance: heavyA, holder: 'a' }).failed(new Error('timed out'))
    const other = instance('a', { zone: 'elsewhere' })
    oracle.writing('users', 'a', { instance: other, holder: 'b' }).failed(new InstanceConflictError('users', 'a'))
    one.saw(setOf(1, [a]))
    two.saw(setOf(2, [heavyA]))
    oracle.verify()
    oracle.watching('users').saw(setOf(3, [other]))
    assert.deepEqual(kinds(oracle), ['phantom'])
  })

  it('lets an instance go whose claim lapsed, even if that is noted later than seen, but not the next one of its id', () => {
    const oracle = new WatchOracle()
    const view = oracle.watching('users')
    const next = instance('a', { zone: 'elsewhere' })
    write(oracle, a)
    for (const set of [setOf(1, [a]), setOf(2, []), setOf(3, [next])]) view.saw(set)
    oracle.writing('users', 'a', { instance: next, holder: 'next' }).done()
    oracle.lapsed('users', 'a', 'a')
    oracle.verify()
    view.saw(setOf(4, []))
    assert.deepEqual(kinds(oracle), ['loss'])
  })

  it('lists the first ten and counts the rest', () => {
    const oracle = new WatchOracle()
    for (let watch = 0; watch < 12; watch++) oracle.watching('users')
    assert.throws(() => oracle.verify(), /watch #10 of[^]*and 2 more$/)
  })
})
