import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { NotesView } from '../../../src/adapters/etcd/notes-view.ts'

const kv = (reader: string, value: string) => ({
  key: encodeText(`/ropewalk/readers/users/${reader}`),
  value: encodeText(value),
})

const view = (...kvs: ReturnType<typeof kv>[]) => new NotesView({ epoch: 'e', revision: 1, kvs, isMarked: true })

describe('NotesView', () => {
  it('has every note as it was written last, until it is deleted', () => {
    const notes = view(kv('r1', '{"name":"one","revision":1}'), kv('r%2F2', '{"name":"two","revision":2}'))
    notes.apply([{ kv: kv('r1', '{"name":"one","revision":5}') }])
    assert.deepEqual(notes.value, [
      { reader: 'r1', name: 'one', revision: 5 },
      { reader: 'r/2', name: 'two', revision: 2 },
    ])
    notes.apply([{ type: 'DELETE', kv: kv('r1', '') }])
    assert.deepEqual(
      notes.value.map(({ reader }) => reader),
      ['r/2'],
    )
  })

  it('has nothing of what is no note', () => {
    const wrong = ['nonsense', '{}', 'null', '{"name":1,"revision":1}', '{"name":"one","revision":"1"}']
    assert.deepEqual(view(...wrong.map((value, at) => kv(`r${at}`, value))).value, [])
  })
})
