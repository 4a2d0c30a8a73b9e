import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorCodeProblems } from '../../../tools/tidy/error-codes.ts'
import { sample } from './sample.ts'

const declares = (code: string) => `export class A extends Error { readonly code = '${code}' }`

describe('errorCodeProblems', () => {
  it('accepts codes that are declared once and explained once', () => {
    const files = sample({ 'src/a.ts': declares('ERR_A'), 'src/b.ts': declares('ERR_B') })
    assert.deepEqual(errorCodeProblems(files, '# Errors\n\n## Core\n\n### ERR_A\n\nText.\n\n### `ERR_B`\n'), [])
  })

  it('reports a code that is not explained, and an explanation of no code', () => {
    assert.deepEqual(errorCodeProblems(sample({ 'src/a.ts': declares('ERR_A') }), '### ERR_B\n'), [
      'src/a.ts:1 declares ERR_A, which docs/reference/errors.md does not explain',
      'docs/reference/errors.md explains ERR_B, which no error has',
    ])
  })

  it('reports a code that two errors have, or that is explained twice', () => {
    const files = sample({ 'src/a.ts': declares('ERR_A'), 'src/b.ts': declares('ERR_A') })
    assert.deepEqual(errorCodeProblems(files, '### ERR_A\n### ERR_A\n'), [
      'src/b.ts:1 declares ERR_A, which another error has already',
      'docs/reference/errors.md explains ERR_A twice',
    ])
  })
})
