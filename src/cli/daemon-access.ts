import type { DaemonAdmin } from '../adapters/daemon/index.ts'
import { NotADaemonError } from './errors.ts'
import type { GlobalOptions } from './global-options.ts'
import { parseRegistryUrl } from './registry-url.ts'
import { withoutSecrets } from './registry-urls/without-secrets.ts'

/**
 * The administration of the registry daemon that `registry` names: for what only a daemon can do, because it is about instances of other
 * processes. Rejects with `NotADaemonError` when the registry is of another kind.
 */
export async function administer({
  registry,
  timeout,
}: Pick<GlobalOptions, 'registry' | 'timeout'>): Promise<DaemonAdmin> {
  const { daemon } = parseRegistryUrl(registry)
  if (!daemon) throw new NotADaemonError(withoutSecrets(registry))
  const { DaemonAdmin: Admin } = await import('../adapters/daemon/index.ts')
  return new Admin({ ...daemon, requestMs: timeout })
}
