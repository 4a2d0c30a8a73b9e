import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cycleProblems } from '../../../tools/tidy/cycles.ts'
import { sample } from './sample.ts'

describe('cycleProblems', () => {
  it('accepts files that share what they import', () => {
    const files = { 'src/a.ts': `import './b.ts'; import './c.ts'`, 'src/b.ts': `import './c.ts'`, 'src/c.ts': '' }
    assert.deepEqual(cycleProblems(sample(files)), [])
  })

  it('reports each circle once with all files on it, whether closed by a value, a type or an import()', () => {
    const files = {
      'src/a.ts': `import './b.ts'`,
      'src/b.ts': `import type { C } from './c.ts'`,
      'src/c.ts': `import('./a.ts')`,
      'src/d.ts': `import './a.ts'; import './e.ts'`,
      'src/e.ts': `import './d.ts'`,
    }
    assert.deepEqual(cycleProblems(sample(files)), [
      'import cycle: src/a.ts ↔ src/b.ts ↔ src/c.ts',
      'import cycle: src/d.ts ↔ src/e.ts',
    ])
  })

  it('reports a file that imports itself', () => {
    assert.deepEqual(cycleProblems(sample({ 'src/a.ts': `import './a.ts'` })), ['import cycle: src/a.ts'])
  })
})
