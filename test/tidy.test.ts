import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { describe, it } from 'node:test'
import { cycleProblems } from '../tools/tidy/cycles.ts'
import { docCommentProblems } from '../tools/tidy/doc-comments.ts'
import { errorCodeProblems } from '../tools/tidy/error-codes.ts'
import { layerProblems } from '../tools/tidy/layers.ts'
import { lengthSummaries } from '../tools/tidy/lengths.ts'
import { packagesLoadedBy } from '../tools/tidy/loaded-packages.ts'
import { mirrorProblems } from '../tools/tidy/mirrored-tests.ts'
import { exportProblems } from '../tools/tidy/package-exports.ts'
import { importedPath, readSources } from '../tools/tidy/source-file.ts'
import { wordProblems } from '../tools/tidy/words.ts'

const root = new URL('..', import.meta.url).pathname
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const sources = readSources(root, 'src')
const tests = globSync('test/**/*.test.ts', { cwd: root }).map(path => path.replaceAll(sep, '/'))

describe('The sources', () => {
  it('import only what their layer may', () => {
    assert.deepEqual(layerProblems(sources), [])
  })

  it('do not import each other in circles', () => {
    assert.deepEqual(cycleProblems(sources), [])
  })

  it('have their tests at the mirrored path', () => {
    assert.deepEqual(mirrorProblems(sources, tests), [])
  })

  it('say of every exported name what it is for', () => {
    assert.deepEqual(docCommentProblems(sources), [])
  })

  it('declare the error codes that the page of errors explains, and no others', () => {
    assert.deepEqual(errorCodeProblems(sources, read('docs/reference/errors.md')), [])
  })

  it('use the words of the glossary, and leave nothing for later', () => {
    assert.deepEqual(wordProblems([...sources, ...readSources(root, 'tools')]), [])
  })

  it('are as short as they mean to be', t => {
    const { files, functions } = lengthSummaries(sources)
    for (const [what, { count, median, p90, max, longest }] of Object.entries({ files, functions })) {
      t.diagnostic(`${count} ${what}: median ${median}, p90 ${p90}, longest ${max} lines of code (${longest})`)
    }
    assert.ok(files.max <= 300 && functions.max <= 60)
  })
})

describe('The package', () => {
  it('exports the sources that are for users, each under its own name', () => {
    const { exports } = JSON.parse(read('package.json'))
    const index = sources.find(({ path }) => path === 'src/index.ts') ?? assert.fail('src/index.ts is missing')
    const passedOn = new Set(
      index.imports.map(reference => importedPath(index, reference)?.replace(/^src\/[^/]+\/.*$/, '')),
    )
    assert.deepEqual(
      exportProblems(
        exports,
        sources.map(({ path }) => path).filter(path => !passedOn.has(path)),
      ),
      [],
    )
  })

  it('loads no third-party package when its main entry is imported', () => {
    assert.deepEqual(packagesLoadedBy('src/index.ts', sources), [])
  })
})
