import { basename } from 'node:path'
import type { Registry } from '../discovery/registry.ts'
import { RegistryService } from '../discovery/registry-service.ts'
import { PackageMissingError } from './errors.ts'
import { DEFAULT_REGISTRY_URL } from './global-options.ts'
import { parseRegistryUrl, type RegistryLocation } from './registry-url.ts'

/**
 * The registry at `url`, as a Service to list before those that use it. `memory:` is one registry per process, however often it is
 * opened; `ropewalk://host:port` (port 8500 if not said) is a registry daemon, which need not run yet: everything waits for it. Without
 * `url` the environment's `ROPEWALK_REGISTRY` counts, else the daemon on this machine. The adapter is loaded only now. Rejects with
 * `InvalidRegistryUrlError`; with `PackageMissingError` when the adapter needs an optional package that is not installed.
 */
export async function openRegistry(url?: string): Promise<RegistryService> {
  const location = parseRegistryUrl(url ?? (process.env['ROPEWALK_REGISTRY'] || DEFAULT_REGISTRY_URL))
  const open = await loadAdapter(`The ${location.kind} registry`, () => adapterOf(location))
  return new RegistryService({ open })
}

/** Loads the adapter; what it resolves with opens the registry. */
async function adapterOf(location: RegistryLocation): Promise<() => Promise<Registry>> {
  if (location.kind === 'memory') {
    const { SharedMemoryRegistry } = await import('./shared-memory-registry.ts')
    return async () => new SharedMemoryRegistry()
  }
  const { DaemonRegistry } = await import('../adapters/daemon/index.ts')
  return async () => new DaemonRegistry({ ...location, clientName: programName() })
}

/** What runs here, for people who ask who watches: `ropewalk run users.ts`. */
function programName(): string {
  const [program = 'node', ...words] = process.argv.slice(1).filter(word => !word.startsWith('-'))
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
