import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { descend } from '../../src/application/descent.ts'
import type { ServiceFailure } from '../../src/application/errors.ts'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { treeOf } from '../../src/application/tree.ts'
import { type Journal, Probe } from './probe.ts'

const { signal } = new AbortController()
const limits = { drain: signal, stop: signal }

describe('descend', () => {
  it('drains all before it stops any, and stops in reverse', async () => {
    const journal: Journal = []
    const slow = { drain: () => new Promise<void>(resolve => setImmediate(resolve)) }
    const root = new MultiService('app', [new Probe('db', journal), new Probe('web', journal, slow)])
    await root.start()
    const tree = treeOf(nodeOf(root))
    await descend(nodeOf(root), { tree, nodes: new Set(tree.keys()), limits, failures: [] })
    assert.deepEqual(journal.slice(6), ['drain db', 'drain web', 'stop web', 'stop db'])
    assert.equal(nodeOf(root).reached, undefined)
  })

  it('touches only the nodes it is told, wherever they are in the tree', async () => {
    const web = new Probe('web')
    const root = new MultiService('app', [new Probe('db'), new MultiService('group', [web])])
    await root.start()
    await descend(nodeOf(root), { tree: treeOf(nodeOf(root)), nodes: new Set([nodeOf(web)]), limits, failures: [] })
    assert.deepEqual([root.find('db')?.status, root.find('group')?.status, web.status], ['ready', 'ready', 'stopped'])
    await root.stop()
  })

  it('skips no node whatever goes wrong, and says what did', async () => {
    const journal: Journal = []
    const broken = { drain: () => Promise.reject(new Error('drain')), stop: () => Promise.reject(new Error('stop')) }
    const root = new MultiService('app', [new Probe('db', journal), new Probe('web', journal, broken)])
    await root.start()
    const tree = treeOf(nodeOf(root))
    const failures: ServiceFailure[] = []
    await descend(nodeOf(root), { tree, nodes: new Set(tree.keys()), limits, failures })
    assert.deepEqual(
      failures.map(({ path, error }) => [path, (error as Error).message]),
      [
        ['/app/web', 'drain'],
        ['/app/web', 'stop'],
      ],
    )
    assert.deepEqual([journal.at(-1), root.status], ['stop db', 'failed'])
  })
})
