import assert from 'node:assert/strict'
import { InvalidRegistryUrlError } from '../../../src/cli/errors.ts'

/** What is said of a URL that `parse` refuses. */
export function messageOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    assert.ok(error instanceof InvalidRegistryUrlError)
    return error.message
  }
  throw assert.fail('it was accepted')
}
