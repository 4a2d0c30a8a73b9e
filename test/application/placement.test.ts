import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { attach } from '../../src/application/placement.ts'
import { Probe } from './probe.ts'

function names(parent: MultiService): string[] {
  return parent.children.map(({ name }) => name)
}

describe('attach', () => {
  it('puts a child at the end, or before a sibling', () => {
    const parent = new MultiService('app', [new Probe('a')])
    attach(nodeOf(parent), nodeOf(new Probe('c')), {})
    attach(nodeOf(parent), nodeOf(new Probe('b')), { before: 'c', after: ['a'] })
    assert.deepEqual(names(parent), ['a', 'b', 'c'])
  })

  it('refuses, changing nothing, what cannot stand there', () => {
    const parent = new MultiService('app', [new Probe('a'), new Probe('b')])
    const refuse = (child: Probe | MultiService, place: object, code: string) =>
      assert.throws(() => attach(nodeOf(parent), nodeOf(child), place), { code })
    refuse(new Probe('a'), {}, 'ERR_DUPLICATE_NAME')
    refuse(new Probe('c'), { before: 'd' }, 'ERR_UNKNOWN_SIBLING')
    refuse(new Probe('c'), { after: ['c'] }, 'ERR_UNKNOWN_SIBLING')
    refuse(new Probe('c'), { before: 'b', after: ['b'] }, 'ERR_UNKNOWN_SIBLING')
    refuse(parent, {}, 'ERR_HAS_PARENT')
    const outer = new MultiService('outer', [parent])
    refuse(outer, {}, 'ERR_HAS_PARENT')
    assert.deepEqual(names(parent), ['a', 'b'])
  })
})
