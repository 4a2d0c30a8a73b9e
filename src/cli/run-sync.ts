import { Application } from '../application/application.ts'
import { RegistrySync, type RegistrySyncOptions } from '../discovery/sync/registry-sync.ts'
import { run } from '../run.ts'
import { InvalidRegistryUrlError } from './errors.ts'
import { openRegistry } from './open-registry.ts'
import { withoutSecrets } from './registry-urls/without-secrets.ts'

/** What `ropewalk sync` is told. */
export interface RunSyncOptions extends Pick<RegistrySyncOptions, 'ttlMs' | 'drainMs' | 'keepMs'> {
  /** URLs, or `env:NAME`. */
  readonly from: string
  readonly to: string
  /** Beginnings of the names of services that are passed on; all if there are none. */
  readonly prefixes: readonly string[]
  readonly both: boolean
}

/** Keeps what is in one registry in another as well, in the foreground until told to end. */
export async function runSync({ from, to, prefixes, both, ...settings }: RunSyncOptions): Promise<void> {
  const [fromUrl, toUrl] = [urlOf(from), urlOf(to)]
  if (fromUrl === toUrl) throw new InvalidRegistryUrlError(withoutSecrets(toUrl), 'it is the same as the other one')
  const includes = (name: string) => prefixes.length === 0 || prefixes.some(prefix => name.startsWith(prefix))
  const [source, target] = [await openRegistry(fromUrl, { name: 'from' }), await openRegistry(toUrl, { name: 'to' })]
  const there = { ...settings, includes, from: source, to: target, origin: withoutSecrets(fromUrl), name: 'sync' }
  const back = { ...there, from: target, to: source, origin: withoutSecrets(toUrl), name: 'back' }
  const syncs = (both ? [there, back] : [there]).map(options => new RegistrySync(options))
  await run(new Application('sync', [source, target, ...syncs]))
}

/** `env:NAME` is what the environment has under that name, so that no secret needs to stand in a command line. */
function urlOf(told: string): string {
  const [, name] = /^env:(.+)$/s.exec(told) ?? []
  if (name === undefined) return told
  const url = process.env[name]
  if (!url) throw new InvalidRegistryUrlError(told, 'the environment has nothing under that name')
  return url
}
