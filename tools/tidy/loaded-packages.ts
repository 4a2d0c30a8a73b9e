import { importedPath, type SourceFile } from './source-file.ts'

/** The third-party packages that importing `entry` loads at once: followed through static imports, not through `import()`. */
export function packagesLoadedBy(entry: string, files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map(file => [file.path, file]))
  const reached = new Set([entry])
  const packages = new Set<string>()
  for (const path of reached) {
    const file = byPath.get(path)
    for (const reference of file?.imports.filter(({ kind }) => kind === 'static') ?? []) {
      const target = file && importedPath(file, reference)
      if (target) reached.add(target)
      else if (!reference.specifier.startsWith('node:')) packages.add(reference.specifier)
    }
  }
  return [...packages].toSorted()
}
