import { Visitor } from 'oxc-parser'
import type { SourceFile } from './source-file.ts'

/** Codes that are thrown but have no section in the page of errors, sections of codes that nobody throws, and codes used twice. */
export function errorCodeProblems(files: readonly SourceFile[], page: string): string[] {
  const declared = files.flatMap(declaredCodes)
  const documented = [...page.matchAll(/^#+ `?(ERR_[A-Z0-9_]+)`?$/gm)].map(([, code = '']) => code)
  const codes = new Set(declared.map(({ code }) => code))
  return [
    ...declared
      .filter(({ code }) => !documented.includes(code))
      .map(({ code, where }) => `${where} declares ${code}, which docs/reference/errors.md does not explain`),
    ...declared
      .filter(({ code }, index) => declared.findIndex(other => other.code === code) < index)
      .map(({ code, where }) => `${where} declares ${code}, which another error has already`),
    ...documented
      .filter((code, index) => documented.indexOf(code) < index)
      .map(code => `docs/reference/errors.md explains ${code} twice`),
    ...documented
      .filter(code => !codes.has(code))
      .map(code => `docs/reference/errors.md explains ${code}, which no error has`),
  ]
}

interface DeclaredCode {
  readonly code: string
  readonly where: string
}

/** The values of class fields named `code`. */
function declaredCodes(file: SourceFile): DeclaredCode[] {
  const found: DeclaredCode[] = []
  new Visitor({
    PropertyDefinition({ key, value, start }) {
      if (key.type !== 'Identifier' || key.name !== 'code' || value?.type !== 'Literal') return
      if (typeof value.value !== 'string' || !value.value.startsWith('ERR_')) return
      found.push({ code: value.value, where: `${file.path}:${file.lineAt(start)}` })
    },
  }).visit(file.program)
  return found
}
