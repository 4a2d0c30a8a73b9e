import { basename } from 'node:path'
import { RegistryService } from '../discovery/registry-service.ts'
import { PackageMissingError } from './errors.ts'
import { DEFAULT_REGISTRY_URL } from './global-options.ts'
import { withoutSecretWords } from './hide-secrets.ts'
import { parseRegistryUrl } from './registry-url.ts'

/**
 * The registry at `url`, as a Service (named `registry` unless told otherwise) to list before those that use it. What it is in need not run
 * yet: everything waits for it. `memory:` is one registry per process, however often it is opened. Without `url` the environment's
 * `ROPEWALK_REGISTRY` counts, else the daemon on this machine. The adapter is loaded only now. Rejects with `InvalidRegistryUrlError`; with `PackageMissingError` when the adapter needs an optional package that is not installed.
 */
export async function openRegistry(url?: string, { name }: { name?: string } = {}): Promise<RegistryService> {
  const location = parseRegistryUrl(url ?? (process.env['ROPEWALK_REGISTRY'] || DEFAULT_REGISTRY_URL))
  const open = await loadAdapter(`The ${location.kind} registry`, location.load)
  return new RegistryService({
    ...(name !== undefined && { name }),
    open: async () => open({ clientName: programName() }),
  })
}

/** What runs here, for people who ask who watches: `ropewalk run users.ts`. */
function programName(): string {
  const said = withoutSecretWords(process.argv.slice(1))
  const [program = 'node', ...words] = said.filter(word => !word.startsWith('-'))
  return [basename(program, '.js'), ...words.slice(0, 2)].join(' ').slice(0, 100)
}

/** Runs `load`; a package that is missing becomes a `PackageMissingError` that names it. */
export async function loadAdapter<T>(wantedBy: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const missing = missingPackage(error)
    throw missing === undefined ? error : new PackageMissingError(wantedBy, missing, { cause: error })
  }
}

function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return undefined
  return /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
}
