import { globSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { parseSync, Visitor, type Comment, type Program } from 'oxc-parser'

/** One module named by another. */
export interface ImportReference {
  /** As written: `../core/clock.ts`, `node:fs`, `ws`. */
  readonly specifier: string
  readonly line: number
  /** When it is loaded: with the importing file, when asked for, or never because only types are taken. */
  readonly kind: 'static' | 'dynamic' | 'type'
}

/** A TypeScript source, parsed. */
export interface SourceFile {
  /** From the root of the repository, with `/`: `src/core/clock.ts`. */
  readonly path: string
  readonly text: string
  readonly program: Program
  readonly comments: readonly Comment[]
  readonly imports: readonly ImportReference[]
  /** The line, from 1, of an offset in the text. */
  lineAt(offset: number): number
}

/** Parses `text`. Throws when it is no TypeScript. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text)
  if (errors[0]) throw new SyntaxError(`${path}: ${errors[0].message}`)
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  return { path, text, program, comments, imports: importsOf(program, lineAt), lineAt }
}

/** Parses every `.ts` file in `folder`, in the order of their paths. */
export function readSources(root: string, folder: string): SourceFile[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .map(path => path.replaceAll(sep, '/'))
    .toSorted()
    .map(path => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

/** The path of the file a relative import leads to; undefined for a package or a module of Node. */
export function importedPath(file: SourceFile, { specifier }: ImportReference): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : undefined
}

function importsOf(program: Program, lineAt: (offset: number) => number): ImportReference[] {
  const found: ImportReference[] = []
  const add = (source: { value: unknown; start: number } | null, kind: ImportReference['kind']) => {
    if (source && typeof source.value === 'string')
      found.push({ specifier: source.value, line: lineAt(source.start), kind })
  }
  new Visitor({
    ImportDeclaration: node => add(node.source, kindOf(node.importKind)),
    ExportNamedDeclaration: node => add(node.source, kindOf(node.exportKind)),
    ExportAllDeclaration: node => add(node.source, kindOf(node.exportKind)),
    ImportExpression: node => add(node.source as { value: unknown; start: number } & typeof node.source, 'dynamic'),
    TSImportType: node => add(node.source, 'type'),
  }).visit(program)
  return found
}

function kindOf(declared: string | undefined): 'type' | 'static' {
  return declared === 'type' ? 'type' : 'static'
}
