import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EtcdNode } from '../../../src/adapters/etcd/node.ts'
import { Nodes } from '../../../src/adapters/etcd/nodes.ts'
import { systemClock } from '../../../src/core/clock.ts'

const nodes = ['http://a:1', 'http://b:1', 'http://c:1'].map(
  origin => new EtcdNode({ origin, tls: {}, clock: systemClock, connectMs: 1_000 }),
)

describe('Nodes', () => {
  it('begins with one by chance', () => {
    const firsts = [0, 0.4, 0.99].map(chance => new Nodes(nodes, { next: () => chance }).current.origin)
    assert.deepEqual(firsts, ['http://a:1', 'http://b:1', 'http://c:1'])
  })

  it('goes on to the next when one does not answer, once however many notice', () => {
    const all = new Nodes(nodes, { next: () => 0.99 })
    const failed = all.current
    all.leave(failed)
    all.leave(failed)
    assert.equal(all.current.origin, 'http://a:1')
  })
})
