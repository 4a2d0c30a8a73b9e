import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RopewalkError } from '../../src/core/error.ts'

class TornRopeError extends RopewalkError {
  readonly code = 'ERR_TORN_ROPE'
}

describe('RopewalkError', () => {
  it('gives its subclasses their own name, and keeps message, code and cause', () => {
    const cause = new Error('a sharp edge')
    const error = new TornRopeError('The rope is torn', { cause })
    assert.deepEqual(
      [error.name, error.message, error.code, error.cause],
      ['TornRopeError', 'The rope is torn', 'ERR_TORN_ROPE', cause],
    )
    assert.ok(error instanceof RopewalkError && error instanceof Error)
    assert.match(error.stack ?? '', /^TornRopeError|^Error: The rope is torn/)
  })
})
