import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { docCommentProblems } from '../../../tools/tidy/doc-comments.ts'
import { sample } from './sample.ts'

const problems = (text: string) => docCommentProblems(sample({ 'src/a.ts': text }))

describe('docCommentProblems', () => {
  it('reports every kind of exported name without a doc comment', () => {
    const text = `export class A {}
export function b() {}
export interface C {}
export type D = 1
export const e = 1`
    assert.deepEqual(problems(text), [
      'src/a.ts:1 exports A without a doc comment',
      'src/a.ts:2 exports b without a doc comment',
      'src/a.ts:3 exports C without a doc comment',
      'src/a.ts:4 exports D without a doc comment',
      'src/a.ts:5 exports e without a doc comment',
    ])
  })

  it('does not take another kind of comment, an empty one, or that of something else, for one', () => {
    assert.equal(problems('// what it is for\nexport const a = 1').length, 1)
    assert.equal(problems('/* what it is for */\nexport const a = 1').length, 1)
    assert.equal(problems('/** */\nexport const a = 1').length, 1)
    assert.equal(problems('/** What it is for. */\nconst b = 1\nexport const a = b').length, 1)
  })

  it('accepts one comment for the overloads of a function, and none for what is passed on or not exported', () => {
    assert.deepEqual(problems('/** What it is for. */\nexport function a(): void\nexport function a(b?: 1) {}'), [])
    assert.deepEqual(problems(`export { a } from './a.ts'\nconst b = 1`), [])
  })
})
