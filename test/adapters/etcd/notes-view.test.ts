import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NotesView } from '../../../src/adapters/etcd/notes-view.ts'

const entry = (reader: string, value: string) => ({ key: `/ropewalk/readers/users/${reader}`, value })

const view = (...entries: ReturnType<typeof entry>[]) =>
  new NotesView({ epoch: 'e', revision: 1, entries, isMarked: true })

describe('NotesView', () => {
  it('has every note as it was written last, until it is deleted', () => {
    const notes = view(entry('r1', '{"name":"one","revision":1}'), entry('r%2F2', '{"name":"two","revision":2}'))
    notes.apply([{ isDeletion: false, revision: 5, ...entry('r1', '{"name":"one","revision":5}') }])
    assert.deepEqual(notes.value, [
      { reader: 'r1', name: 'one', revision: 5 },
      { reader: 'r/2', name: 'two', revision: 2 },
    ])
    notes.apply([{ isDeletion: true, revision: 6, ...entry('r1', '') }])
    assert.deepEqual(
      notes.value.map(({ reader }) => reader),
      ['r/2'],
    )
  })

  it('has nothing of what is no note', () => {
    const wrong = ['nonsense', '{}', 'null', '{"name":1,"revision":1}', '{"name":"one","revision":"1"}']
    assert.deepEqual(view(...wrong.map((value, at) => entry(`r${at}`, value))).value, [])
  })
})
