import { importedPath, type SourceFile } from './source-file.ts'

/**
 * Files that import each other in a circle, type imports included: one line per circle, naming the files on it.
 * @see Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972, for strongly connected components
 */
export function cycleProblems(files: readonly SourceFile[]): string[] {
  const graph = new Map(
    files.map(file => [file.path, file.imports.flatMap(reference => importedPath(file, reference) ?? [])]),
  )
  return components(graph)
    .filter(paths => paths.length > 1 || graph.get(paths[0] ?? '')?.includes(paths[0] ?? ''))
    .map(paths => `import cycle: ${paths.toSorted().join(' ↔ ')}`)
    .toSorted()
}

interface Visit {
  readonly order: number
  /** The earliest visit that can be reached from here. */
  low: number
  /** Whether its component is not yet complete. */
  open: boolean
}

function components(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const visits = new Map<string, Visit>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (path: string): Visit => {
    const mine: Visit = { order: visits.size, low: visits.size, open: true }
    visits.set(path, mine)
    open.push(path)
    for (const next of graph.get(path) ?? []) {
      const other = visits.get(next)
      if (!other) mine.low = Math.min(mine.low, visit(next).low)
      else if (other.open) mine.low = Math.min(mine.low, other.order)
    }
    if (mine.low === mine.order) found.push(close(path))
    return mine
  }
  const close = (path: string): string[] => {
    const component = open.splice(open.indexOf(path))
    for (const member of component) visits.set(member, { order: -1, low: -1, open: false })
    return component
  }
  for (const path of graph.keys()) if (!visits.has(path)) visit(path)
  return found
}
