import type { Registry } from '../../discovery/registry.ts'
import type { RegistryHost, RegistryUrl } from './registry-url.ts'
import type { RegistryTls } from './tls-parameters.ts'

/** One kind of registry, as its URL has it. */
export interface RegistryScheme {
  /** What stands before the colon. */
  readonly name: string
  /** What its URLs look like, for people. */
  readonly form: string
  /** What a URL means. Throws `InvalidRegistryUrlError`, best by `url.refused`. Loads nothing yet. */
  readonly locate: (url: RegistryUrl) => RegistryLocation
}

/** Which registry a URL means. */
export interface RegistryLocation {
  /** For people: `etcd`. */
  readonly kind: string
  /** Where it is, if it is a registry daemon. */
  readonly daemon?: DaemonPlace
  /** Loads the adapter; what it resolves with opens the registry, each time it is called. */
  readonly load: () => Promise<OpenRegistry>
}

/** Where a registry daemon is, and what it takes to be let in. */
export interface DaemonPlace extends RegistryHost {
  readonly token?: string | undefined
  readonly tls?: RegistryTls | undefined
}

/** Opens a registry. `clientName` says to people who this is. */
export type OpenRegistry = (options: { clientName: string }) => Registry
