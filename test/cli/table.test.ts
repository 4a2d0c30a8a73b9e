import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { formatTable } from '../../src/cli/table.ts'

const plain = (...table: Parameters<typeof formatTable>) => stripVTControlCharacters(formatTable(...table))

describe('formatTable', () => {
  it('makes each column as wide as its widest cell, without blanks at the end of a line', () => {
    assert.equal(
      plain(
        ['ID', 'UP'],
        [
          ['users-1', '5s'],
          ['u', '10m'],
        ],
      ),
      'ID       UP\nusers-1  5s\nu        10m',
    )
  })

  it('shows an empty cell as a dash, and what is not text as JSON', () => {
    assert.equal(plain(['A', 'B'], [['', 3]]), 'A  B\n-  3')
  })

  it('keeps control characters from reaching the terminal', () => {
    assert.equal(plain(['A'], [['x\u001B[2Jy\n']]), 'A\nx�[2Jy�')
  })
})
