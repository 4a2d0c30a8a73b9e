import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mirrorProblems } from '../../../tools/tidy/mirrored-tests.ts'
import { sample } from './sample.ts'

describe('mirrorProblems', () => {
  it('reports a source without a test at the mirrored path', () => {
    assert.deepEqual(mirrorProblems(sample({ 'src/web/site.ts': 'export const a = 1' }), []), [
      'src/web/site.ts has no test: expected test/web/site.test.ts',
    ])
    assert.deepEqual(mirrorProblems(sample({ 'src/web/site.ts': 'export const a = 1' }), ['test/web/site.test.ts']), [])
  })

  it('exempts what has no behaviour: interfaces, files that pass on exports, error classes', () => {
    const files = {
      'src/web/route.ts': `import type { A } from './a.ts'; export interface Route { a: A }`,
      'src/web/index.ts': `export { a } from './a.ts'; export * from './b.ts'`,
      'src/web/errors.ts': 'export class A extends Error {}',
    }
    assert.deepEqual(mirrorProblems(sample(files), []), [])
  })

  it('reports a test in a folder of the sources that mirrors none of them', () => {
    assert.deepEqual(
      mirrorProblems(sample({ 'src/web/site.ts': 'export {}' }), ['test/web/sight.test.ts', 'test/package.test.ts']),
      ['test/web/sight.test.ts tests no source: expected src/web/sight.ts'],
    )
  })
})
