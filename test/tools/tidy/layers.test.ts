import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { LAYERS, layerProblems } from '../../../tools/tidy/layers.ts'
import { sample } from './sample.ts'

const problems = (path: string, text: string) => layerProblems(sample({ [path]: text }))

describe('layerProblems', () => {
  it('accepts imports down the layers, within a folder, and of packages', () => {
    assert.deepEqual(
      problems('src/web/site.ts', `import '../core/clock.ts'; import './route.ts'; import 'node:http'; import 'ws'`),
      [],
    )
  })

  it('reports an import up the layers, of a type too, with what is allowed', () => {
    assert.deepEqual(problems('src/balancer/p2c.ts', `import type { Client } from '../client/client.ts'`), [
      'src/balancer/p2c.ts:1 imports src/client/client.ts: src/balancer may import core, discovery',
    ])
  })

  it('reports adapters that know each other', () => {
    assert.deepEqual(problems('src/adapters/etcd/index.ts', `import '../consul/client.ts'`), [
      'src/adapters/etcd/index.ts:1 imports src/adapters/consul/client.ts: etcd and consul are strangers',
    ])
    assert.deepEqual(problems('src/adapters/etcd/index.ts', `import './client.ts'`), [])
  })

  it('lets the command line and the files in src/ import all but testing', () => {
    for (const path of ['src/cli/main.ts', 'src/run.ts']) {
      assert.deepEqual(problems(path, `import '${path === 'src/run.ts' ? './' : '../'}daemon/server.ts'`), [])
    }
    assert.match(problems('src/cli/main.ts', `import '../testing/fake-clock.ts'`)[0] ?? '', /testing is for tests/)
  })

  it('reports a folder that is in no layer, imports out of src/, and of the files in src/ from below', () => {
    assert.match(problems('src/stuff/a.ts', `import '../core/clock.ts'`)[0] ?? '', /src\/stuff is in no layer/)
    assert.match(problems('src/core/a.ts', `import '../../test/b.ts'`)[0] ?? '', /outside src/)
    assert.match(problems('src/core/a.ts', `import '../index.ts'`)[0] ?? '', /may import nothing/)
  })
})

describe('LAYERS', () => {
  it('are what the table in ARCHITECTURE.md says, of every folder that it has', () => {
    const page = readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8')
    const rows = Array.from(
      page.matchAll(/^\| `([a-z]+)(?:\/\*)?` \| .* \| ([^|]*) \|$/gm),
      ([, folder = '', imports = '']) => ({
        folder,
        imports: imports === 'nothing' ? [] : imports.split(', '),
      }),
    ).filter(({ folder }) => folder !== 'cli')
    assert.ok(rows.length > 10)
    for (const { folder, imports } of rows) assert.deepEqual(imports.toSorted(), LAYERS[folder]?.toSorted(), folder)
  })
})
