import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeText, encodeText } from '../../../src/adapters/etcd/base64.ts'
import { keysAfter, keysBelow } from '../../../src/adapters/etcd/key-range.ts'
import { lastPart, Layout } from '../../../src/adapters/etcd/layout.ts'

const layout = new Layout('/ropewalk')

/** Whether etcd has a key in a range. */
function holds({ key, range_end: end }: { key: string; range_end: string }, candidate: string): boolean {
  const [from, to, at] = [key, end, candidate].map(text => Buffer.from(text, 'base64')) as [Buffer, Buffer, Buffer]
  return Buffer.compare(from, at) <= 0 && Buffer.compare(at, to) < 0
}

describe('Layout', () => {
  it('puts each thing where the reference says it is', () => {
    assert.equal(decodeText(layout.epoch), '/ropewalk/epoch')
    assert.equal(decodeText(layout.name('a b')), '/ropewalk/names/a%20b')
    assert.equal(
      decodeText(layout.instance({ serviceName: 'users', id: 'ü:1' })),
      '/ropewalk/instances/users/%C3%BC%3A1',
    )
    assert.equal(decodeText(layout.note('users', 'r1')), '/ropewalk/readers/users/r1')
  })

  it('has the instances of a service, and of no other, in one range', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(text => !text.includes('/'))
    fc.assert(
      fc.property(name, name, name, (service, other, id) => {
        const range = layout.instances(service)
        assert.ok(holds(range, layout.instance({ serviceName: service, id })))
        assert.equal(holds(range, layout.instance({ serviceName: other, id })), other === service)
        assert.equal(lastPart(decodeText(layout.instance({ serviceName: service, id }))), id)
      }),
    )
  })

  it('goes on after a key with the very next one there can be', () => {
    const range = keysBelow('/a/')
    const rest = keysAfter(encodeText('/a/x'), range)
    assert.deepEqual(
      ['/a/w', '/a/x', '/a/x\u0000', '/a/x0', '/b'].map(key => holds(rest, encodeText(key))),
      [false, false, true, true, false],
    )
  })

  it('knows no name in what is not percent-encoded as it should be', () => {
    assert.equal(lastPart('/ropewalk/names/%'), undefined)
  })
})
