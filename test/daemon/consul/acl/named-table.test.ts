import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NamedTable } from '../../../../src/daemon/consul/acl/named-table.ts'

const ID = 'aaaaaaaa-0000-0000-0000-000000000001'
const OTHER = 'aaaaaaaa-0000-0000-0000-000000000002'

function tableOf(what: 'policy' | 'role') {
  const rows = new NamedTable({ what, nameMax: 4, journal: { changed: () => {} }, listener: () => {} })
  rows.put(OTHER, { ID: OTHER, Name: 'two' })
  rows.put(ID, { ID, Name: 'one' })
  return rows
}

describe('NamedTable', () => {
  it('lists by ids, and finds by a name, and by an id in any case', () => {
    const rows = tableOf('role')
    assert.deepEqual(
      rows.list().map(({ Name }) => Name),
      ['one', 'two'],
    )
    assert.deepEqual(
      [rows.named('two')?.ID, rows.named('Two'), rows.get(ID.toUpperCase())?.Name],
      [OTHER, undefined, 'one'],
    )
  })

  it('lets a name be had once, of letters, digits, - and _, and no longer than it may be', () => {
    const rows = tableOf('role')
    rows.requireFreeName('a-_0')
    const refused: [name: string | undefined, message: RegExp][] = [
      [undefined, /^Invalid Role: no Name is set$/],
      ['a-_01', /^Invalid Role: invalid Name\. /],
      ['a b', /^Invalid Role: invalid Name\. /],
      ['one', /^Invalid Role: A Role with Name "one" already exists$/],
    ]
    for (const [name, message] of refused) assert.throws(() => rows.requireFreeName(name), { message, status: 500 })
    assert.equal(rows.existing(ID, 'one').ID, ID)
    assert.equal(rows.existing(ID, 'free').Name, 'one')
    assert.throws(() => rows.existing(ID, 'two'), { message: 'Invalid Role: A role with name "two" already exists' })
  })

  it('finds by its name what is there again, in whichever order changes are undone', () => {
    for (const isOldFirst of [true, false]) {
      const rows = tableOf('role')
      rows.delete(ID)
      rows.put('new', { ID: 'new', Name: 'one' })
      const undo = [() => rows.restore(ID, { ID, Name: 'one' }), () => rows.restore('new', undefined)]
      for (const restore of isOldFirst ? undo : undo.toReversed()) restore()
      assert.equal(rows.named('one')?.ID, ID)
    }
  })

  it('refuses ids that none can have, and takes out what is not there', () => {
    const rows = tableOf('policy')
    const short = 'failed acl policy lookup: index error: UUID must be 36 characters'
    assert.deepEqual([rows.lookupProblem('abc'), rows.lookupProblem(ID)], [short, undefined])
    assert.throws(() => rows.remove('abc'), { message: short })
    assert.throws(() => rows.existing('abc', 'one'), { message: 'Policy ID invalid UUID' })
    rows.remove(ID)
    rows.remove(ID)
    assert.throws(() => rows.existing(ID, 'one'), { message: `cannot find policy ${ID}` })
    assert.equal(rows.size, 1)
  })
})
