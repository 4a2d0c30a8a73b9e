import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordProblems } from '../../../tools/tidy/words.ts'
import { sample } from './sample.ts'

const problems = (text: string, path = 'src/a.ts') => wordProblems(sample({ [path]: text }))

describe('wordProblems', () => {
  it('reports a declared name with a word the glossary replaces, and says the right one', () => {
    assert.deepEqual(problems('\nexport class HttpUpstreams {}'), [
      'src/a.ts:2 declares HttpUpstreams: here that is Instance or Endpoint',
    ])
    assert.equal(problems('const lastSubscription = 1; function announcer() {}').length, 2)
  })

  it('accepts the word inside another, and in text', () => {
    assert.deepEqual(problems(`const upstreamed = 'upstream' // of the upstream project`), [])
  })

  it('reports file names that say nothing', () => {
    assert.deepEqual(problems('', 'src/web/utils.ts'), ['src/web/utils.ts: name the file for the one thing it exports'])
  })

  it('reports comments that put work off or silence a check', () => {
    assert.equal(problems('// TODO: later').length, 1)
    assert.equal(problems('/* oxlint-disable no-console */').length, 1)
    assert.equal(problems('// @ts-expect-error it is wrong').length, 1)
    assert.deepEqual(problems('// what is to do, and why'), [])
  })
})
