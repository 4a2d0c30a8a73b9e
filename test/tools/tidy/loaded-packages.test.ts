import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packagesLoadedBy } from '../../../tools/tidy/loaded-packages.ts'
import { sample } from './sample.ts'

describe('packagesLoadedBy', () => {
  it('names the packages reached by static imports, not those of import() nor of types', () => {
    const files = sample({
      'src/index.ts': `export * from './a/a.ts'; import 'node:fs'`,
      'src/a/a.ts': `import 'ws'; import type { B } from '../b.ts'; const c = () => import('../c.ts')`,
      'src/b.ts': `import 'pino'`,
      'src/c.ts': `import 'undici'`,
    })
    assert.deepEqual(packagesLoadedBy('src/index.ts', files), ['ws'])
  })
})
