import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exportProblems } from '../../../tools/tidy/package-exports.ts'

const of = (path: string) => ({
  'ropewalk-development': `./src/${path}.ts`,
  types: `./dist/${path}.d.ts`,
  default: `./dist/${path}.js`,
})

describe('exportProblems', () => {
  it('accepts subpaths that lead to the sources of the same name', () => {
    const exports = { '.': of('index'), './web': of('web/index'), './adapters/etcd': of('adapters/etcd/index') }
    const sources = ['src/index.ts', 'src/web/index.ts', 'src/web/site.ts', 'src/adapters/etcd/index.ts']
    assert.deepEqual(exportProblems({ ...exports, './package.json': './package.json' }, sources), [])
  })

  it('reports a public source without a subpath; what is internal has none', () => {
    assert.deepEqual(exportProblems({}, ['src/run.ts', 'src/core/index.ts', 'src/cli/main.ts']), [
      'src/run.ts is not exported: package.json needs "./run"',
    ])
  })

  it('reports a subpath without a source, and one that leads elsewhere', () => {
    assert.deepEqual(exportProblems({ './web': of('web/index') }, []), [
      'package.json exports "./web", for which there is no source',
    ])
    const [problem] = exportProblems({ './web': of('web/site') }, ['src/web/index.ts'])
    assert.match(problem ?? '', /package\.json exports "\.\/web" as .*site.*, not .*index/)
  })

  it('reports the development condition after another, where it would never be reached', () => {
    const { types, default: built, ...source } = of('index')
    const exports = { '.': { types, default: built, ...source } }
    assert.equal(exportProblems(exports, ['src/index.ts']).length, 1)
  })
})
