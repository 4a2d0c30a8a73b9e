import { posix } from 'node:path'
import { importedPath, type SourceFile } from './source-file.ts'

/**
 * Sources without a test at the mirrored path, and tests that mirror nothing. A part needs no test of its own when a tested file of its
 * folder, or of the folder above, imports it. Exempt are files that only declare types or pass on what others export, and `errors.ts`, whose
 * classes are checked against their documentation.
 */
export function mirrorProblems(files: readonly SourceFile[], tests: readonly string[]): string[] {
  const tested = files.filter(file => tests.includes(testPath(file.path)))
  const parts = new Set(tested.flatMap(partsOf))
  const untested = files
    .filter(file => !tested.includes(file) && !parts.has(file.path) && !isExempt(file))
    .map(({ path }) => `${path} has no test: expected ${testPath(path)}`)
  const folders = new Set(files.map(file => file.path.split('/')[1]))
  const sources = new Set(files.map(({ path }) => path))
  const orphans = tests
    .filter(test => folders.has(test.split('/')[1]) && !sources.has(sourcePath(test)))
    .map(test => `${test} tests no source: expected ${sourcePath(test)}`)
  return [...untested, ...orphans]
}

/** What `file` imports from its own folder and from those directly in it. */
function partsOf(file: SourceFile): string[] {
  const folder = posix.dirname(file.path)
  const imported = file.imports.flatMap(reference => importedPath(file, reference) ?? [])
  return imported.filter(path => [posix.dirname(path), posix.dirname(posix.dirname(path))].includes(folder))
}

function testPath(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts')
}

function sourcePath(test: string): string {
  return test.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts')
}

function isExempt({ path, program }: SourceFile): boolean {
  return path.endsWith('/errors.ts') || program.body.every(isWithoutBehaviour)
}

const TYPE_ONLY = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
])

function isWithoutBehaviour(statement: SourceFile['program']['body'][number]): boolean {
  if (statement.type !== 'ExportNamedDeclaration') return TYPE_ONLY.has(statement.type)
  return statement.declaration === null || isWithoutBehaviour(statement.declaration)
}
