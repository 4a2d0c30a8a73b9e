import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { KvStore } from '../../../../src/daemon/consul/kv/kv-store.ts'
import { kvJson } from '../../../../src/daemon/consul/kv/kv-row.ts'
import { Stamps } from '../../../../src/daemon/consul/state/stamps.ts'
import { Turn } from '../../../../src/daemon/turn.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'

function store() {
  const clock = new FakeClock()
  let index = 100
  const kv = new KvStore({
    journal: { changed: () => {} },
    turn: new Turn(),
    clock,
    stamps: new Stamps(() => ++index),
    revision: 100,
  })
  return { clock, kv }
}

const write = (key: string, value = 'dg==') => ({ key, value, flags: '0' })
const make = () => ({ status: 200, text: '' })

describe('KvStore', () => {
  it('gives an index to what changes, and none to what does not', () => {
    const { kv } = store()
    const first = kv.set(write('a'))
    assert.equal(kv.set(write('a')), first)
    const second = kv.set(write('a', 'eA=='))
    assert.deepEqual([second.CreateIndex, second.ModifyIndex > first.ModifyIndex], [first.CreateIndex, true])
  })

  it('remembers when a key went, and that another never was', () => {
    const { kv } = store()
    const { ModifyIndex } = kv.set(write('a'))
    kv.delete('a')
    assert.ok(kv.indexOf('a') > ModifyIndex)
    assert.equal(kv.indexOf('never'), 100)
    assert.equal(kv.indexOf('a', { isPrefix: true }), kv.indexOf('a'))
  })

  it('lists what begins with a prefix in order', () => {
    const { kv } = store()
    for (const key of ['b', 'a/2', 'a/1', 'a', 'ab']) kv.set(write(key))
    assert.deepEqual(
      [...kv.startingWith('a/')].map(({ Key }) => Key),
      ['a/1', 'a/2'],
    )
    kv.deleteTree('a')
    assert.deepEqual(
      [...kv.startingWith('')].map(({ Key }) => Key),
      ['b'],
    )
  })

  it('lets one session at a time hold a key', () => {
    const { kv } = store()
    assert.equal(kv.lock(write('l'), 's')?.LockIndex, 1)
    assert.equal(kv.lock(write('l', 'eA=='), 's')?.LockIndex, 1)
    assert.equal(kv.lock(write('l'), 't'), undefined)
    assert.equal(kv.unlock(write('l'), 't'), undefined)
    assert.equal(kv.unlock(write('l'), 's')?.Session, '')
    assert.equal(kv.lock(write('l'), 't')?.LockIndex, 2)
    assert.deepEqual(kv.heldBy('t'), ['l'])
  })

  it('holds a key back for the lock delay when its session ends', async () => {
    const { kv, clock } = store()
    kv.lock(write('l'), 's')
    kv.release('s', { deletes: false, lockDelayMs: 1_000 })
    assert.equal(kv.get('l')?.Session, '')
    assert.equal(kv.lock(write('l'), 't'), undefined)
    await clock.advance(1_000)
    assert.equal(kv.lock(write('l'), 't')?.LockIndex, 2)
    kv.release('t', { deletes: true, lockDelayMs: 0 })
    assert.equal(kv.get('l'), undefined)
  })

  it('wakes those who wait for the key or a prefix of it, and nobody else', async () => {
    const { kv } = store()
    const told: string[] = []
    for (const key of ['a/b', 'a/c']) kv.question(key, { make }).watch(() => told.push(key))
    for (const prefix of ['a/', 'b/']) kv.question(prefix, { isPrefix: true, make }).watch(() => told.push(prefix))
    kv.set(write('a/b'))
    await nextTurn()
    assert.deepEqual(told.toSorted(), ['a/', 'a/b'])
  })

  it('takes keys of 2,048 bytes, and not one byte more', () => {
    const { kv } = store()
    for (const longest of ['k'.repeat(2_048), 'ü'.repeat(1_024)]) {
      kv.set(write(longest))
      assert.throws(() => kv.set(write(`${longest}k`)), { status: 413 })
      assert.deepEqual([kv.get(longest)?.Key, kv.get(`${longest}k`)], [longest, undefined])
    }
  })

  it('takes 1 GiB of values, in Base64, and not one byte more', () => {
    const { kv } = store()
    const value = 'A'.repeat(2 ** 20)
    for (let count = 0; count < 1_024; count++) kv.set(write(`k${count}`, value))
    assert.throws(() => kv.set(write('more', 'A')), { status: 500, message: /at most 1073741824 bytes/ })
    kv.set(write('k0', value.slice(1)))
    assert.equal(kv.set(write('more', 'A')).Value, 'A')
  })
})

describe('kvJson', () => {
  it('writes flags as the number they are, and the session only where there is one', () => {
    const row = {
      Key: 'a"',
      Value: '',
      Flags: '18446744073709551615',
      LockIndex: 0,
      Session: '',
      CreateIndex: 1,
      ModifyIndex: 2,
    }
    assert.equal(
      kvJson(row),
      '{"LockIndex":0,"Key":"a\\"","Flags":18446744073709551615,"Value":null,"CreateIndex":1,"ModifyIndex":2}',
    )
    assert.match(kvJson({ ...row, Session: 's' }), /"Session":"s"/)
  })
})
