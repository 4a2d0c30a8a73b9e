import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { type Tree, treeOf } from '../../src/application/tree.ts'
import { Probe } from './probe.ts'

function paths(tree: Tree): string[] {
  return Array.from(tree.keys(), ({ path }) => path)
}

describe('treeOf', () => {
  it('holds all that is there now, parents first, and nothing that comes later', async () => {
    const group = new MultiService('group', [new Probe('web')])
    const root = new MultiService('app', [new Probe('db'), group])
    const tree = treeOf(nodeOf(root))
    await group.add(new Probe('late'))
    assert.deepEqual(paths(tree), ['/app', '/app/db', '/app/group', '/app/group/web'])
    assert.deepEqual(
      tree.get(nodeOf(group))?.map(({ name }) => name),
      ['web'],
    )
  })

  it('leaves out what is not wanted, with all below it', () => {
    const root = new MultiService('app', [new MultiService('group', [new Probe('web')]), new Probe('db')])
    assert.deepEqual(paths(treeOf(nodeOf(root), ({ name }) => name !== 'group')), ['/app', '/app/db'])
  })
})
