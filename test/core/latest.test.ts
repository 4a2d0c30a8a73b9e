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
