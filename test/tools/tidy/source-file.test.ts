import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importedPath, parseSource } from '../../../tools/tidy/source-file.ts'

describe('parseSource', () => {
  it('finds every way to name another module, with line and kind', () => {
    const file = parseSource(
      'src/a/b.ts',
      `import { a } from './a.ts'
import type { B } from '../c/b.ts'
export * from './d.ts'
export type { E } from 'e'
type F = import('./f.ts').F
const g = import('./g.ts')
import 'node:fs'`,
    )
    assert.deepEqual(
      file.imports.map(({ specifier, line, kind }) => [specifier, line, kind]),
      [
        ['./a.ts', 1, 'static'],
        ['../c/b.ts', 2, 'type'],
        ['./d.ts', 3, 'static'],
        ['e', 4, 'type'],
        ['./f.ts', 5, 'type'],
        ['./g.ts', 6, 'dynamic'],
        ['node:fs', 7, 'static'],
      ],
    )
    assert.deepEqual(
      file.imports.map(reference => importedPath(file, reference)),
      ['src/a/a.ts', 'src/c/b.ts', 'src/a/d.ts', undefined, 'src/a/f.ts', 'src/a/g.ts', undefined],
    )
  })

  it('refuses what is no TypeScript, naming the file', () => {
    assert.throws(() => parseSource('src/a.ts', 'const ='), /src\/a\.ts/)
  })
})
