import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeError } from '../../src/cli/output.ts'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'

describe('describeError', () => {
  it('gives message and code, and a line for each cause', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const error = new RegistryUnavailableError('ropewalk://h:1', { cause: new AggregateError([refused], 'all failed') })
    assert.equal(
      describeError(error),
      `${error.message} (ERR_REGISTRY_UNAVAILABLE)
  because: all failed
  because: connect ECONNREFUSED (ECONNREFUSED)`,
    )
  })

  it('takes what is thrown that is no error', () => {
    assert.equal(describeError('thrown'), 'thrown')
  })
})
