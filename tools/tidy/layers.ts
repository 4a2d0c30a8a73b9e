import { importedPath, type SourceFile } from './source-file.ts'

/** Folder of `src/` → the folders it may import from, besides itself. What is not listed may not exist. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  endpoint: ['core'],
  application: ['core', 'endpoint'],
  discovery: ['core', 'application', 'endpoint'],
  balancer: ['core', 'discovery'],
  protocol: ['core', 'discovery'],
  client: ['core', 'application', 'discovery', 'balancer', 'endpoint'],
  web: ['core', 'application', 'endpoint', 'discovery'],
  adapters: ['core', 'discovery', 'protocol'],
  daemon: ['core', 'application', 'discovery', 'endpoint', 'web', 'protocol'],
  gateway: ['core', 'application', 'endpoint', 'discovery', 'balancer', 'client', 'web'],
  dashboard: ['core', 'application', 'discovery', 'web'],
  telemetry: ['core'],
  testing: ['core', 'application', 'endpoint', 'discovery', 'balancer'],
}

/** These compose the others, so they may import all but `testing`: the command line, and the files directly in `src/`. */
const COMPOSERS = new Set(['cli', ''])

/** Imports, of types too, that go against the layers. */
export function layerProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap(file =>
    file.imports.flatMap(reference => {
      const target = importedPath(file, reference)
      const reason = target && refusal(file.path, target)
      return reason ? [`${file.path}:${reference.line} imports ${target}: ${reason}`] : []
    }),
  )
}

function refusal(from: string, to: string): string | undefined {
  if (!to.startsWith('src/')) return 'it is outside src/'
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)]
  if (COMPOSERS.has(fromLayer)) return toLayer === 'testing' ? 'testing is for tests' : undefined
  if (fromLayer === toLayer) return strangers(from, to)
  const allowed = LAYERS[fromLayer]
  if (!allowed) return `src/${fromLayer} is in no layer: add it to tools/tidy/layers.ts`
  return allowed.includes(toLayer) ? undefined : `src/${fromLayer} may import ${allowed.join(', ') || 'nothing'}`
}

/** Adapters do not know each other. */
function strangers(from: string, to: string): string | undefined {
  const [fromAdapter, toAdapter] = [from, to].map(path => path.split('/')[2])
  const different = layerOf(from) === 'adapters' && fromAdapter !== toAdapter
  return different ? `${fromAdapter} and ${toAdapter} are strangers` : undefined
}

function layerOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/')
  return rest.length > 0 ? folder : ''
}
