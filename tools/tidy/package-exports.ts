/** What `exports` in package.json says of one subpath. */
export type ExportConditions = Readonly<Record<string, string>>

/** Folders that are not for users: what of them is public is passed on by a file directly in `src/`. */
const INTERNAL = ['core', 'cli', 'protocol']

/**
 * Subpaths of the package that lead elsewhere than to the source of the same name, or to none, and sources meant for users that no
 * subpath leads to. `src/x.ts`, `src/x/index.ts` and `src/adapters/x/index.ts` are such sources.
 */
export function exportProblems(exports: Readonly<Record<string, unknown>>, sources: readonly string[]): string[] {
  const subpaths = Object.entries(exports).filter(([subpath]) => subpath !== './package.json')
  const wrong = subpaths.flatMap(([subpath, conditions]) =>
    conditionProblems(subpath, conditions as ExportConditions, sources),
  )
  const exported = new Set(subpaths.map(([subpath]) => subpath))
  const missing = sources
    .filter(isPublic)
    .filter(source => !exported.has(subpathOf(source)))
    .map(source => `${source} is not exported: package.json needs "${subpathOf(source)}"`)
  return [...wrong, ...missing]
}

function conditionProblems(subpath: string, conditions: ExportConditions, sources: readonly string[]): string[] {
  const source = sources.find(one => isPublic(one) && subpathOf(one) === subpath)
  if (!source) return [`package.json exports "${subpath}", for which there is no source`]
  const built = source.replace(/^src\//, './dist/').replace(/\.ts$/, '')
  const expected = { 'ropewalk-development': `./${source}`, types: `${built}.d.ts`, default: `${built}.js` }
  const same = JSON.stringify(expected) === JSON.stringify(conditions)
  return same
    ? []
    : [`package.json exports "${subpath}" as ${JSON.stringify(conditions)}, not ${JSON.stringify(expected)}`]
}

function isPublic(source: string): boolean {
  if (INTERNAL.some(folder => source.startsWith(`src/${folder}/`))) return false
  return /^src\/([^/]+|[^/]+\/index|adapters\/[^/]+\/index)\.ts$/.test(source)
}

function subpathOf(source: string): string {
  const path = source
    .replace(/^src\//, './')
    .replace(/\.ts$/, '')
    .replace(/\/index$/, '')
  return path === './index' ? '.' : path
}
