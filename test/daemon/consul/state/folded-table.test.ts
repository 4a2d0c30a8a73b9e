import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FoldedTable } from '../../../../src/daemon/consul/state/folded-table.ts'

describe('FoldedTable', () => {
  it('has one row for keys that differ by case, and tells its journal of one', () => {
    const keys: string[] = []
    const table = new FoldedTable<string>('node', { changed: (_table, key) => keys.push(key) })
    table.put('Ext-1', 'a')
    table.put('EXT-1', 'b')
    assert.deepEqual([table.get('ext-1'), table.size], ['b', 1])
    table.delete('ext-1')
    assert.equal(table.get('Ext-1'), undefined)
    assert.deepEqual(keys, ['ext-1', 'ext-1', 'ext-1'])
  })

  it('brings back what was there under any of them', () => {
    const table = new FoldedTable<string>('node', { changed: () => {} })
    table.restore('Ext-1', 'old')
    assert.equal(table.get('ext-1'), 'old')
    table.restore('Ext-1', undefined)
    assert.equal(table.size, 0)
  })
})
