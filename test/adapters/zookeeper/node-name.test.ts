import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { fromNodeName, toNodeName } from '../../../src/adapters/zookeeper/node-name.ts'

/** What ZooKeeper's PathUtils.validatePath refuses in a name; by its UTF-16 code units, all beyond U+FFFF. */
const REFUSED = /^\.{1,2}$|[\p{Cc}\u{e000}-\u{f8ff}\u{fff0}-\u{10ffff}/]/u

/** Names that an Instance may have; near the edges of what is escaped more often than by chance. */
const unit = fc.oneof(
  fc.constantFrom(
    '.',
    '%',
    '2',
    '5',
    'E',
    'e',
    'F',
    '9',
    '%25',
    '%2E',
    '%C3',
    '%F0',
    '\u{1f9e2}',
    '\ue000',
    '\uffff',
    '绳',
    ' ',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const text = fc
  .array(unit, { minLength: 1, maxLength: 12 })
  .map(units => units.join(''))
  .filter(name => name.isWellFormed() && !/\p{Cc}|\//u.test(name))

const nodeName = text.filter(name => !REFUSED.test(name))
const MANY = { numRuns: 2_000 }

describe('The names of nodes', () => {
  it('are what ZooKeeper takes', () => {
    fc.assert(
      fc.property(text, name => {
        assert.doesNotMatch(toNodeName(name), REFUSED)
      }),
      MANY,
    )
  })

  it('lead back to what they were made of', () => {
    fc.assert(
      fc.property(text, name => {
        assert.equal(fromNodeName(toNodeName(name)), name)
      }),
      MANY,
    )
  })

  it('stand for different things when they differ, whoever chose them', () => {
    fc.assert(
      fc.property(nodeName, nodeName, (one, other) => {
        assert.equal(fromNodeName(one) === fromNodeName(other), one === other)
      }),
      MANY,
    )
  })

  it('are the names themselves, as with Curator, wherever ZooKeeper takes them', () => {
    for (const name of ['users', 'a b', '100%', 'a%20b', '%2e', '...', 'ünï-绳', 'a:b@c', '{}']) {
      assert.equal(toNodeName(name), name)
      assert.equal(fromNodeName(name), name)
    }
  })

  it('are escaped as the documentation says', () => {
    assert.equal(toNodeName('.'), '%2E')
    assert.equal(toNodeName('..'), '%2E%2E')
    assert.equal(toNodeName('rope \u{1faa2}'), 'rope %F0%9F%AA%A2')
    assert.equal(toNodeName('%2E'), '%252E')
  })
})
