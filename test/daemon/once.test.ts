import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { once } from '../../src/daemon/once.ts'

describe('once', () => {
  it('makes one text of each object, however often it is asked for', () => {
    let made = 0
    const text = once((value: { name: string }) => `${value.name} ${++made}`)
    const [a, b] = [{ name: 'a' }, { name: 'b' }]
    assert.deepEqual([text(a), text(b), text(a), text({ name: 'a' })], ['a 1', 'b 2', 'a 1', 'a 3'])
  })
})
