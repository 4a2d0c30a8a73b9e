import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { compilePattern as compile } from '../../../../src/daemon/consul/pattern/compile-pattern.ts'
import { Effort } from '../../../../src/daemon/consul/pattern/effort.ts'
import { PatternProblem } from '../../../../src/daemon/consul/pattern/parse-pattern.ts'

/** Patterns that mean the same to the engine's own expressions. */
const pattern = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '[a-c]', '\\d', '\\w', '\\s', '\\b', '^', '$', ''),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(
        fc.constantFrom('a', 'b', '.', '[ab]', '(?:ab)', '(?:a|bc)', '\\w'),
        fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?'),
      )
      .map(([atom, repeat]) => atom + repeat),
  ),
})).node

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '-'), maxLength: 12 })

function compilePattern(source: string): (subject: string) => boolean {
  const test = compile(source)
  return subject => test(subject, new Effort())
}

describe('compilePattern', () => {
  it('finds what the expressions of the engine find', () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        assert.equal(compilePattern(source)(subject), new RegExp(source, 'u').test(subject), source)
      }),
      { numRuns: 1_000 },
    )
  })

  it('knows the ways of Go that the engine does not', () => {
    assert.ok(compilePattern('(?i)WEB')('my web'))
    assert.ok(compilePattern('^[[:alpha:]]+$')('abc'))
    assert.ok(compilePattern('\\Aab\\z')('ab'))
    assert.ok(compilePattern('(?P<name>x)')('x'))
    assert.ok(!compilePattern('^a$')('b\na\nb'))
  })

  it('takes a pattern that would keep a backtracking engine busy for ever', () => {
    assert.ok(!compilePattern('^(a+)+$')(`${'a'.repeat(2_000)}b`))
    assert.ok(!compilePattern('(a|a|aa)*c')('a'.repeat(2_000)))
  })

  it('refuses what it cannot read, or what is too large', () => {
    for (const source of [
      '(',
      ')',
      '[a',
      '*',
      'a{2,1}',
      '\\',
      '(?=a)',
      '\\1',
      '[b-a]',
      '(((a{1000}){1000}){1000})',
      'a{1001}',
    ]) {
      assert.throws(() => compilePattern(source), PatternProblem, source)
    }
    fc.assert(
      fc.property(fc.string(), source => {
        try {
          compilePattern(source)('abc')
        } catch (error) {
          assert.ok(error instanceof PatternProblem)
        }
      }),
    )
  })

  it('gives up when all texts together take more steps than there are, and does so in proportion to text and pattern', () => {
    const test = compile('(a{1,100}){1,10}b')
    // As many as there are would take half a second or, on a busy machine, many.
    const effort = new Effort(1_000_000)
    const search = () => {
      for (let count = 0; count < 100; count++) test('a'.repeat(500), effort)
    }
    assert.throws(search, (error: Error) => error instanceof PatternProblem && /too many steps/.test(error.message))
    const spent: number[] = []
    compile('web')('x'.repeat(1_000), { spend: (steps: number) => void spent.push(steps) } as unknown as Effort)
    assert.deepEqual([spent.length, Math.max(...spent)], [1_001, 1])
  })
})
