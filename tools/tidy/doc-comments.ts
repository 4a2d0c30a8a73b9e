import type { SourceFile } from './source-file.ts'

/** Exported names without a doc comment that says what they are for. */
export function docCommentProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(file =>
    exportedDeclarations(file)
      .filter(({ start }) => !isDocumented(file, start))
      .map(({ name, start }) => `${file.path}:${file.lineAt(start)} exports ${name} without a doc comment`),
  )
}

interface ExportedDeclaration {
  readonly name: string
  readonly start: number
}

function exportedDeclarations({ program }: SourceFile): ExportedDeclaration[] {
  const seen = new Set<string>()
  return program.body.flatMap(statement => {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return []
    const names = namesOf(statement.declaration).filter(name => !seen.has(name))
    for (const name of names) seen.add(name)
    return names.map(name => ({ name, start: statement.start }))
  })
}

function namesOf(declaration: object): string[] {
  const { id, declarations } = declaration as { id?: { name?: string }; declarations?: object[] }
  if (declarations) return declarations.flatMap(namesOf)
  return id?.name === undefined ? [] : [id.name]
}

function isDocumented({ comments, text }: SourceFile, start: number): boolean {
  return comments.some(
    comment =>
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      comment.value.length > 10 &&
      comment.end <= start &&
      text.slice(comment.end, start).trim() === '',
  )
}
