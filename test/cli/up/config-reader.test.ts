import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidConfigError } from '../../../src/cli/errors.ts'
import { ConfigReader } from '../../../src/cli/up/config-reader.ts'

const refuses = (read: () => unknown, message: string | RegExp) =>
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof InvalidConfigError)
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  })

describe('ConfigReader', () => {
  const reader = new ConfigReader('', { name: 'users', count: 3, list: ['a', 1], deep: { empty: '' } })

  it('reads texts, lists, whole numbers and fields of fields', () => {
    assert.equal(reader.field('name').text(), 'users')
    assert.equal(reader.field('count').integer(1, 3), 3)
    assert.deepEqual(new ConfigReader('', ['a', 'b']).texts(), ['a', 'b'])
    assert.deepEqual(
      reader
        .field('deep')
        .entries()
        .map(([name]) => name),
      ['empty'],
    )
    assert.equal(reader.optional('missing'), undefined)
  })

  it('says where a value is wrong, what it is, and what it must be', () => {
    refuses(() => reader.field('count').text(), 'count is 3: it must be a text that is not empty')
    refuses(() => reader.field('count').integer(0, 2), 'count is 3: it must be a whole number from 0 to 2')
    refuses(() => reader.field('list').texts(), 'list[1] is 1: it must be a text that is not empty')
    refuses(() => reader.field('deep').field('empty').text(), /^deep\.empty is ''/)
    refuses(() => reader.field('missing').text(), /^missing is missing/)
    refuses(() => reader.field('list').entries(), /^list is .* it must be an object$/)
  })

  it('refuses a field that does not exist, with what may have been meant', () => {
    refuses(
      () => reader.field('deep').only(['empt']),
      'deep has a field "empty", which does not exist. Did you mean "empt"?',
    )
    refuses(() => reader.only(['name']), /has a field "count", which does not exist\. There are: name\./)
  })
})
