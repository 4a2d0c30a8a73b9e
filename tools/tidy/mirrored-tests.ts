import type { SourceFile } from './source-file.ts'

/**
 * Sources without a test at the mirrored path, and tests that mirror nothing. Exempt are files that only declare types or pass on what
 * others export, and `errors.ts`, whose classes are checked against their documentation.
 */
export function mirrorProblems(files: readonly SourceFile[], tests: readonly string[]): string[] {
  const mirrored = new Map(files.map(file => [testPath(file.path), file]))
  const untested = [...mirrored]
    .filter(([test, file]) => !tests.includes(test) && !isExempt(file))
    .map(([test, file]) => `${file.path} has no test: expected ${test}`)
  const folders = new Set(files.map(file => file.path.split('/')[1]))
  const orphans = tests
    .filter(test => folders.has(test.split('/')[1]) && !mirrored.has(test))
    .map(test => `${test} tests no source: expected ${sourcePath(test)}`)
  return [...untested, ...orphans]
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
