import { resolve } from 'node:path'
import { systemClock, type Clock } from '../../core/clock.ts'
import { KnownSets } from '../../discovery/read-only/known-sets.ts'
import { ReadOnlyRegistry } from '../../discovery/read-only/read-only-registry.ts'
import { FileSource } from './file-source.ts'

/** Which file, and how to read it. */
export interface FileRegistryOptions {
  /** Absolute, or from the current folder. It need not be there yet. */
  path: string
  /** Reads its text; throws when it cannot. Default: as JSON. With the package `yaml`, its `parse`. */
  parse?: (text: string) => unknown
  clock?: Clock
}

/**
 * A Registry in a file that somebody else writes: `{"users": ["10.0.0.5:8080", {"endpoints": ["tls://10.0.0.6:8443"], "zone": "b"}]}`.
 * Read anew when it changes, however it is replaced. While it is missing, half written or wrong, what it said before counts, marked `stale`.
 * `register` rejects with `RegistryReadOnlyError`.
 */
export class FileRegistry extends ReadOnlyRegistry {
  constructor({ path, parse = JSON.parse, clock = systemClock }: FileRegistryOptions) {
    const sets = new KnownSets()
    const source = new FileSource({ path: resolve(path), parse, sets, clock })
    super({ url: `file:${path}`, advice: 'write it into the file, or use another registry', sets, source })
  }
}
