import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ENGINES } from '../../../tools/engines/engines.ts'
import { engineFolder, findEngine } from '../../../tools/engines/find.ts'

describe('The engines', () => {
  it('have a folder each in the cache', () => {
    assert.equal(new Set(ENGINES.map(engineFolder)).size, ENGINES.length)
  })

  it('are told by name when another one is asked for', () => {
    assert.throws(() => findEngine('etdc'), {
      name: 'EngineMissingError',
      message: /^No engine is called "etdc": there are etcd, /,
    })
  })
})
