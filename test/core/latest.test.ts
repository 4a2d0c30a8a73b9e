import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Latest } from '../../src/core/latest.ts'

async function take<T>(reader: AsyncGenerator<T, void, void>, count: number): Promise<T[]> {
  const taken: T[] = []
  for (let index = 0; index < count; index++) {
    const { value, done } = await reader.next()
    if (!done) taken.push(value)
  }
  return taken
}

const isSame = (value: number, last: number) => value % 10 === last % 10

describe('Latest', () => {
  it('gives a reader the newest value at once, and then each change', async () => {
    const latest = new Latest(1)
    const reader = latest.read()
    assert.deepEqual(await take(reader, 1), [1])
    const next = reader.next()
    latest.set(2)
    assert.deepEqual(await next, { value: 2, done: false })
    assert.equal(latest.value, 2)
  })

  it('keeps a reader waiting until there is a value', async () => {
    const latest = new Latest<string>()
    const next = latest.read().next()
    latest.set('first')
    assert.deepEqual(await next, { value: 'first', done: false })
  })

  it('passes over what says the same to a reader as what it was given last, as dealt with', async () => {
    const latest = new Latest(10)
    const dealtWith: number[] = []
    const reader = latest.read({ isSame, onDealtWith: value => dealtWith.push(value) })
    await reader.next()
    latest.set(11)
    latest.set(20)
    const next = reader.next()
    await Promise.resolve()
    latest.set(21)
    assert.deepEqual(await next, { value: 21, done: false })
    assert.deepEqual(dealtWith, [10, 20])
  })

  it('gives a reader that was busy only the newest of several changes', async () => {
    const latest = new Latest(0)
    const reader = latest.read()
    await reader.next()
    for (let value = 1; value <= 1_000; value++) latest.set(value)
    assert.deepEqual(await take(reader, 1), [1_000])
  })

  it('serves several readers, each at its own pace', async () => {
    const latest = new Latest('a')
    const [fast, slow] = [latest.read(), latest.read()]
    await fast.next()
    latest.set('b')
    assert.deepEqual([await take(fast, 1), await take(slow, 1)], [['b'], ['b']])
  })

  it('gives the last value before it ends, and takes no more', async () => {
    const latest = new Latest(1)
    latest.set(2)
    latest.close()
    latest.set(3)
    latest.close(new Error('too late'))
    const reader = latest.read()
    assert.deepEqual(
      [await reader.next(), await reader.next()],
      [
        { value: 2, done: false },
        { value: undefined, done: true },
      ],
    )
  })

  it('ends every reader, waiting or not, with the error it was closed with', async () => {
    const latest = new Latest<number>()
    const waiting = assert.rejects(latest.read().next(), { message: 'gone' })
    latest.close(new Error('gone'))
    await waiting
    await assert.rejects(latest.read().next(), { message: 'gone' })
  })

  it('rejects the wait of a reader whose signal aborts, and no other', async () => {
    const latest = new Latest<number>()
    const controller = new AbortController()
    const given = assert.rejects(latest.read(controller).next(), { message: 'enough' })
    const patient = latest.read().next()
    controller.abort(new Error('enough'))
    await given
    latest.set(1)
    assert.deepEqual(await patient, { value: 1, done: false })
    await assert.rejects(latest.read(controller).next(), { message: 'enough' })
  })

  it('gives a waiting reader only the last of several values of one turn', async () => {
    const latest = new Latest(0)
    const reader = latest.read()
    await reader.next()
    const next = reader.next()
    for (let value = 1; value <= 10; value++) latest.set(value)
    assert.deepEqual(await next, { value: 10, done: false })
  })

  it('answers a reader that asks for several at once in order, one value each', async () => {
    const latest = new Latest(1)
    const reader = latest.read()
    const [first, second, third] = [reader.next(), reader.next(), reader.next()]
    assert.deepEqual(await first, { value: 1, done: false })
    latest.set(2)
    assert.deepEqual(await second, { value: 2, done: false })
    latest.close()
    assert.deepEqual(await third, { value: undefined, done: true })
  })

  it('gives the error to the first of several that a reader asks for at once, and ends the others', async () => {
    const latest = new Latest<number>()
    const reader = latest.read()
    const [first, second, third] = [reader.next(), reader.next(), reader.next()]
    latest.close(new Error('gone'))
    await assert.rejects(first, { message: 'gone' })
    assert.deepEqual(
      [await second, await third].map(({ done }) => done),
      [true, true],
    )
  })

  it('serves a reader that has stayed away for some values as soon as it is back', async () => {
    const latest = new Latest(0)
    const reader = latest.read()
    await reader.next()
    const next = reader.next()
    latest.set(1)
    await next
    for (const value of [2, 3]) {
      latest.set(value)
      await new Promise(resolve => setImmediate(resolve))
    }
    assert.deepEqual(await take(reader, 1), [3])
    const last = reader.next()
    latest.set(4)
    assert.deepEqual(await last, { value: 4, done: false })
  })

  it('tells which value a reader has dealt with when it comes back for the next, and once when it has left', async () => {
    const latest = new Latest('a')
    const told: string[] = []
    const reader = latest.read({ onDealtWith: value => told.push(value), onEnd: () => told.push('end') })
    await reader.next()
    assert.deepEqual(told, [])
    const next = reader.next()
    assert.deepEqual(told, ['a'])
    latest.set('b')
    await next
    await reader.return()
    await reader.return()
    assert.deepEqual(told, ['a', 'end'])
    assert.deepEqual(await reader.next(), { value: undefined, done: true })
  })

  it('lets a reader leave that waits, however that is said', async () => {
    const leave: readonly ((reader: AsyncGenerator<number, void, void>) => unknown)[] = [
      reader => reader.return(),
      reader => reader[Symbol.asyncDispose](),
      reader => reader.throw(new Error('left')).catch(() => {}),
    ]
    for (const how of leave) {
      const latest = new Latest<number>()
      let ended = 0
      const reader = latest.read({ onEnd: () => ended++ })
      const next = reader.next()
      await how(reader)
      latest.set(1)
      assert.deepEqual(await next, { value: undefined, done: true })
      assert.equal(ended, 1)
    }
  })

  it('keeps no hold of a signal, nor of a reader, when the reader has left', async () => {
    const latest = new Latest<number>()
    const { signal } = new AbortController()
    const listeners = new Set<unknown>()
    signal.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener)
    signal.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener)
    const reader = latest.read({ signal })
    const next = reader.next()
    assert.equal(listeners.size, 1)
    await reader.return()
    await next
    assert.equal(listeners.size, 0)
  })

  it('shows every reader, whatever the changes and pauses, values in order, none twice, and the last one in the end', async () => {
    const runs = fc.array(fc.nat(2), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(runs, async pauses => {
        const latest = new Latest(0)
        const seen: number[] = []
        const reading = (async () => {
          for await (const value of latest.read()) seen.push(value)
        })()
        for (const [index, pause] of pauses.entries()) {
          for (let turn = 0; turn < pause; turn++) await new Promise(resolve => setImmediate(resolve))
          latest.set(index + 1)
        }
        latest.close()
        await reading
        assert.deepEqual(
          seen,
          [...new Set(seen)].toSorted((a, b) => a - b),
        )
        assert.equal(seen.at(-1), pauses.length)
      }),
      { numRuns: 50 },
    )
  })
})
