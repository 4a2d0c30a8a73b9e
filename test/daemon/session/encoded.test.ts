import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Encoded, Encoder } from '../../../src/daemon/session/encoded.ts'
import { STATUS_FIELD } from '../../../src/discovery/changed-fields.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { decodeServerFrame } from '../../../src/protocol/decode-server-frame.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from '../../discovery/store/instances.ts'

describe('Encoded', () => {
  it('is a frame of its own, made once', () => {
    const encoded = new Encoded({ type: 'ok', seq: 1 })
    assert.deepEqual(decodeServerFrame(encoded.frame.subarray(2).toString()), [{ type: 'ok', seq: 1 }])
    assert.equal(encoded.frame, encoded.frame)
  })
})

describe('Encoder', () => {
  it('serialises the same thing once for everybody', () => {
    const store = new Store({ clock: new FakeClock() })
    store.leases.register(store.leases.connect({ id: 'x', name: 'x' }), users('a'), 1_000)
    const encoder = new Encoder()
    const { rosters } = store
    assert.equal(encoder.set(rosters.set('users')), encoder.set(rosters.set('users')))
    assert.equal(encoder.names(rosters.names()), encoder.names(rosters.names()))
    const delta = rosters.delta('users', 0)
    assert.ok(delta)
    assert.equal(encoder.delta(delta), encoder.delta(delta))
    store.close()
  })

  it('says what a set, a delta and the names say', () => {
    const encoder = new Encoder()
    const set = {
      serviceName: 'users',
      revision: 3,
      instances: [users('a')],
      known: true,
      settled: true,
      ageMs: 0,
      stale: false,
    }
    const changed = [{ instance: users('c'), fields: STATUS_FIELD }]
    const news = { put: [users('a')], changed, gone: ['b'] }
    const delta = { serviceName: 'users', from: 2, to: 3, ...news, known: true, settled: true, stale: false }
    const empty = { ...delta, from: 3, put: [], changed: [], gone: [] }
    const wire = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }
    const texts = [
      encoder.set(set),
      encoder.delta(delta),
      encoder.delta(empty),
      encoder.names({ revision: 3, names: ['x'] }),
    ]
    assert.deepEqual(
      texts.map(({ text }) => JSON.parse(text)),
      [
        { type: 'set', service: 'users', revision: 3, known: true, settled: true, instances: [wire] },
        {
          type: 'delta',
          service: 'users',
          from: 2,
          to: 3,
          known: true,
          settled: true,
          put: [wire],
          changed: [{ id: 'c', status: 'ready' }],
          gone: ['b'],
        },
        { type: 'delta', service: 'users', from: 3, to: 3, known: true, settled: true },
        { type: 'names', revision: 3, names: ['x'] },
      ],
    )
  })
})
