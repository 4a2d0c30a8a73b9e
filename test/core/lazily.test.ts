import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Latest } from '../../src/core/latest.ts'
import { lazily } from '../../src/core/lazily.ts'

describe('lazily', () => {
  it('opens with the first next(), once', async () => {
    let opened = 0
    const values = lazily(() => (opened++, new Latest('a').read()))
    assert.equal(opened, 0)
    assert.deepEqual(await values.next(), { value: 'a', done: false })
    await values.return()
    assert.deepEqual(await values.next(), { value: undefined, done: true })
    assert.equal(opened, 1)
  })

  it('rejects the first next() with what opening throws, and is over then', async () => {
    const values = lazily(() => {
      throw new Error('not here')
    })
    await assert.rejects(values.next(), /not here/)
    assert.deepEqual(await values.next(), { value: undefined, done: true })
  })

  it('opens nothing when it is left before', async () => {
    const left = [
      (values: AsyncGenerator) => values.return(undefined),
      (values: AsyncGenerator) => values[Symbol.asyncDispose](),
      (values: AsyncGenerator) => assert.rejects(values.throw(new Error('left')), /left/),
    ]
    for (const leave of left) {
      const values = lazily<never>(() => assert.fail('opened'))
      await leave(values)
      assert.deepEqual(await values.next(), { value: undefined, done: true })
    }
  })

  it('passes on that its reader leaves', async () => {
    let ended = 0
    for await (const _ of lazily(() => new Latest(1).read({ onEnd: () => ended++ }))) break
    assert.equal(ended, 1)
  })
})
