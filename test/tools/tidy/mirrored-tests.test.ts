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

  it('takes a part for tested when a tested file of its folder, or of the one above, imports it', () => {
    const files = sample({
      'src/web/site.ts': `import './route.ts'; import './parts/a.ts'; import '../core/b.ts'; export const a = 1`,
      'src/web/route.ts': `import './deep.ts'; export const a = 1`,
      'src/web/parts/a.ts': 'export const a = 1',
      'src/web/deep.ts': 'export const a = 1',
      'src/core/b.ts': 'export const a = 1',
    })
    assert.deepEqual(mirrorProblems(files, ['test/web/site.test.ts']), [
      'src/web/deep.ts has no test: expected test/web/deep.test.ts',
      'src/core/b.ts has no test: expected test/core/b.test.ts',
    ])
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
