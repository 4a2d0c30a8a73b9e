import { basename } from 'node:path'
import { Visitor } from 'oxc-parser'
import type { SourceFile } from './source-file.ts'

/** Words for things that have another name here, with that name. Only whole words of declared names count. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  announcer: 'Registrant',
  heartbeater: 'Registrant',
  kernel: 'Application',
  upstream: 'Instance or Endpoint',
  ephemeral: 'Lease',
  subscription: 'Watch',
}

const EMPTY_FILE_NAMES = new Set(['types.ts', 'utils.ts', 'util.ts', 'helpers.ts', 'common.ts', 'misc.ts'])
const BANNED_COMMENTS = /\b(TODO|FIXME|XXX|HACK)\b|oxlint-disable|eslint-disable|@ts-(ignore|expect-error|nocheck)/

/** Declared names that use a word the glossary replaces, file names that say nothing, and comments that put work off or silence a check. */
export function wordProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(file => [
    ...(EMPTY_FILE_NAMES.has(basename(file.path)) ? [`${file.path}: name the file for the one thing it exports`] : []),
    ...file.comments
      .filter(comment => BANNED_COMMENTS.test(comment.value))
      .map(comment => `${file.path}:${file.lineAt(comment.start)} has the comment "${comment.value.trim()}"`),
    ...declaredNames(file).flatMap(({ name, start }) => {
      const word = wordsOf(name).find(one => one in OTHER_WORDS)
      return word ? [`${file.path}:${file.lineAt(start)} declares ${name}: here that is ${OTHER_WORDS[word]}`] : []
    }),
  ])
}

function declaredNames({ program }: SourceFile): { name: string; start: number }[] {
  const found: { name: string; start: number }[] = []
  const add = ({ id }: { id: { type: string; name?: string; start: number } | null }) => {
    if (id?.name !== undefined) found.push({ name: id.name, start: id.start })
  }
  new Visitor({
    ClassDeclaration: add,
    FunctionDeclaration: add,
    VariableDeclarator: add,
    TSInterfaceDeclaration: add,
    TSTypeAliasDeclaration: add,
  }).visit(program)
  return found
}

function wordsOf(name: string): string[] {
  return name.split(/(?=[A-Z])|_/).map(word => word.toLowerCase().replace(/s$/, ''))
}
