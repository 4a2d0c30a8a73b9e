import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DataHistory } from '../../../src/adapters/etcd/data-history.ts'

describe('DataHistory', () => {
  it('calls data that goes on by its epoch', () => {
    const history = new DataHistory()
    assert.equal(history.epoch('e', 5, history.newest), 'e')
    assert.equal(history.epoch('e', 5, history.newest), 'e')
    assert.equal(history.epoch('e', 9, history.newest), 'e')
  })

  it('calls data that was put back from a copy otherwise, once', () => {
    const history = new DataHistory()
    history.epoch('e', 9, history.newest)
    assert.equal(history.epoch('e', 4, history.newest), 'e/1')
    assert.equal(history.epoch('e', 6, history.newest), 'e/1')
  })

  it('does not take an answer that was long under way for a copy', () => {
    const history = new DataHistory()
    const before = history.newest
    history.epoch('e', 9, history.newest)
    assert.equal(history.epoch('e', 4, before), 'e')
    assert.equal(history.epoch('e', 9, history.newest), 'e')
  })
})
