import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lengthSummaries } from '../../../tools/tidy/lengths.ts'
import { sample } from './sample.ts'

describe('lengthSummaries', () => {
  it('counts lines of code, not comments nor blank lines', () => {
    const text = `/**
 * Text.
 */
function a() {

  // why
  return 1 // so
}
const b = () => 1
class C {
  d() {
    return () => {
      return 1
    }
  }
}`
    const { files, functions } = lengthSummaries(sample({ 'src/a.ts': text, 'src/b.ts': '' }))
    assert.deepEqual(files, { count: 2, median: 11, p90: 11, max: 11, longest: 'src/a.ts' })
    assert.deepEqual(functions, { count: 3, median: 3, p90: 5, max: 5, longest: 'src/a.ts:11' })
  })
})
