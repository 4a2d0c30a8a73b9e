import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FilterProblem } from '../../../../src/daemon/consul/filter/filter-problem.ts'
import { parseFilter } from '../../../../src/daemon/consul/filter/parse-filter.ts'

const WORDS = [
  'and',
  'or',
  'not',
  'in',
  'is',
  'empty',
  'contains',
  'matches',
  '(',
  ')',
  '==',
  '!=',
  '.',
  '[',
  ']',
  '"',
  '`',
  'a',
  'Tags',
  '1',
  '-',
  ' ',
  '\n',
]

const match = (name: string) => ({ kind: 'match', selector: [name], operator: 'Equal', value: '1' })
const operator = (text: string) => (parseFilter(text) as { operator: string }).operator

describe('parseFilter', () => {
  it('says that a parenthesis is not closed where what is in it reads no further', () => {
    const unclosed = { message: /^1:10 \(9\): rule "grouping": Unmatched parentheses$/ }
    for (const text of ['(Node==a and x)', '(Node==a or )']) assert.throws(() => parseFilter(text), unclosed, text)
  })

  it('groups to the right, and binds "and" closer than "or"', () => {
    const tree = parseFilter('a == 1 or b == 1 and not c == 1 or d==1')
    assert.deepEqual(tree, {
      kind: 'or',
      left: match('a'),
      right: {
        kind: 'or',
        left: { kind: 'and', left: match('b'), right: { kind: 'not', operand: match('c') } },
        right: match('d'),
      },
    })
  })

  it('reads every operator', () => {
    assert.equal(operator('a != b'), 'Not Equal')
    assert.equal(operator('a contains b'), 'In')
    assert.equal(operator('a not contains b'), 'Not In')
    assert.equal(operator('"b" in a'), 'In')
    assert.equal(operator('b not in a'), 'Not In')
    assert.equal(operator('a is empty'), 'Is Empty')
    assert.equal(operator('a is not empty'), 'Is Not Empty')
    assert.equal(operator('a not matches `^x`'), 'Not Matches')
  })

  it('reads selectors with keys in brackets, and values with and without quotes', () => {
    assert.deepEqual(parseFilter('a.b["c d"] == x.y'), {
      kind: 'match',
      selector: ['a', 'b', 'c d'],
      operator: 'Equal',
      value: 'x.y',
    })
  })

  it('says where it went wrong, and what could have stood there', () => {
    const expected = '1:7 (6): no match found, expected: "-", "0", "\\"", "`", [ \\t\\r\\n], [1-9] or [a-zA-Z]'
    assert.throws(() => parseFilter('bad ==='), { message: expected })
    assert.throws(() => parseFilter('a\n== "b'), { message: '2:6 (7): rule "string": Unterminated string literal' })
  })

  it('says how a number could have gone on', () => {
    const problems = {
      '-': '1:2 (1): no match found, expected: "0" or [1-9]',
      'not (-x in a)': '1:7 (6): no match found, expected: "0" or [1-9]',
      'a == -': '1:7 (6): no match found, expected: "0" or [1-9]',
      '0': '1:2 (1): no match found, expected: "." or [ \\t\\r\\n]',
      '-12': '1:4 (3): no match found, expected: ".", [ \\t\\r\\n] or [0-9]',
      '1.25': '1:5 (4): no match found, expected: [ \\t\\r\\n] or [0-9]',
      '5.': '1:2 (1): rule "number": Invalid number literal',
    }
    for (const [text, message] of Object.entries(problems)) assert.throws(() => parseFilter(text), { message }, text)
  })

  it('refuses everything else with a FilterProblem, and in good time', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map(words => words.join('')),
    )
    fc.assert(
      fc.property(anything, text => {
        try {
          parseFilter(text)
        } catch (error) {
          assert.ok(error instanceof FilterProblem, String(error))
        }
      }),
      { numRuns: 2_000 },
    )
    assert.throws(() => parseFilter('('.repeat(5_000)), /nested more than 100 deep/)
    assert.throws(() => parseFilter('not '.repeat(2_000)), /nested more than 100 deep/)
    assert.throws(() => parseFilter('a'.repeat(10_000)), /longer than 8192/)
    assert.equal(parseFilter(`${'('.repeat(40)}a == 1${')'.repeat(40)}`).kind, 'match')
  })
})
