import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Derived, forgetDerived, forgettable } from '../../src/daemon/derived.ts'

describe('Derived', () => {
  it('is what was made of each object, until it is to be forgotten', () => {
    const texts = new Derived<object, string>()
    const [one, other] = [{}, {}]
    texts.set(one, 'one')
    assert.deepEqual([texts.get(one), texts.get(other)], ['one', undefined])
    forgetDerived()
    assert.equal(texts.get(one), undefined)
    texts.set(one, 'again')
    assert.equal(texts.get(one), 'again')
  })
})

describe('forgetDerived', () => {
  it('has all who can forget do so, each time', () => {
    const forgetting = { times: 0, forget: () => void forgetting.times++ }
    forgettable(forgetting)
    forgetDerived()
    forgetDerived()
    assert.equal(forgetting.times, 2)
  })
})
