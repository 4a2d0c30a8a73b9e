import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { describe, it } from 'node:test'
import { LONG, planOf } from '../../../tools/tests/plan.ts'

const REPOSITORY = new URL('../../../', import.meta.url)

const withText = (paths: readonly string[], text = '') => paths.map(path => ({ path, text }))

describe('planOf', () => {
  it('has files of one folder share a process, and not those of the folders in it', () => {
    const files = withText(['test/core/a.test.ts', 'test/core/b.test.ts', 'test/core/deep/c.test.ts'])
    assert.deepEqual(planOf(files), [
      { name: 'test/core', files: ['test/core/a.test.ts', 'test/core/b.test.ts'] },
      { name: 'test/core/deep', files: ['test/core/deep/c.test.ts'] },
    ])
  })

  it('leaves a process of its own to what has hooks for a whole process', () => {
    const hooked = withText(['test/web/a.test.ts'], "import { after } from 'node:test'\nafter(() => server.close())\n")
    const inSuite = withText(['test/web/b.test.ts'], "describe('Site', () => {\n  after(() => server.close())\n})\n")
    const names = planOf([...hooked, ...inSuite, ...withText(['test/web/c.test.ts'])]).map(({ name }) => name)
    assert.deepEqual(names, ['test/web/a.test.ts', 'test/web'])
  })

  it('leaves a process of their own to what runs engines, demos and commands', () => {
    const apart = ['test/readme.test.ts', 'test/cli/commands/call.test.ts', 'test/integration/dns/dig.test.ts']
    assert.deepEqual(
      planOf(withText(apart)).map(({ name }) => name),
      apart,
    )
  })

  it('begins early with what takes long, and with others between', () => {
    const others = Array.from({ length: 10 }, (_, index) => `test/docs/${index}.test.ts`)
    const names = planOf(withText([...others, ...LONG.slice(0, 2).toReversed()])).map(({ name }) => name)
    assert.deepEqual(names, [LONG[0], ...others.slice(0, 4), LONG[1], ...others.slice(4)])
  })

  it('leaves out no file and has none twice', () => {
    const paths = globSync('test/**/*.test.ts', { cwd: REPOSITORY }).toSorted()
    const planned = planOf(withText(paths)).flatMap(({ files }) => files)
    assert.deepEqual(planned.toSorted(), paths)
  })

  it('knows of no long file that there is none of', () => {
    const paths = new Set(globSync('test/**/*.test.ts', { cwd: REPOSITORY }))
    assert.deepEqual(
      LONG.filter(path => !paths.has(path)),
      [],
    )
  })
})
