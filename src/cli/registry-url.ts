import { didYouMean } from './did-you-mean.ts'
import { InvalidRegistryUrlError } from './errors.ts'

/** The kinds of registry there are, with the form of their URLs. */
export const REGISTRY_URL_FORMS = { 'memory:': 'memory:', 'ropewalk:': 'ropewalk://host:port' } as const

/** Port of a registry daemon whose URL names none. */
const DAEMON_PORT = 8500

/** Which registry a URL means. */
export type RegistryLocation =
  | { readonly kind: 'memory' }
  | { readonly kind: 'daemon'; readonly host: string; readonly port: number }

/** What `url` means. Throws `InvalidRegistryUrlError`, which shows the URL without its secrets and says what is accepted. */
export function parseRegistryUrl(url: string): RegistryLocation {
  if (url === 'memory:') return { kind: 'memory' }
  const parsed = URL.parse(url)
  if (!parsed) throw refused(url, 'it is not a URL')
  if (parsed.protocol !== 'ropewalk:') throw refused(url, `${parsed.protocol} is not known.${hint(parsed.protocol)}`)
  return daemonLocation(url, parsed)
}

/** `url` to show to people: user, password, query and fragment are replaced by `***`. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//***@').replace(/[?#].*/s, mark => `${mark[0]}***`)
}

function daemonLocation(url: string, parsed: URL): RegistryLocation {
  const { hostname, port, pathname, search, hash, username, password } = parsed
  if (hostname === '') throw refused(url, 'it names no host')
  if (username || password) throw refused(url, 'a registry daemon takes no user or password')
  if (pathname.length > 1 || search || hash) throw refused(url, 'nothing may follow the port')
  return { kind: 'daemon', host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? DAEMON_PORT : Number(port) }
}

function refused(url: string, problem: string): InvalidRegistryUrlError {
  const forms = Object.values(REGISTRY_URL_FORMS).join(' or ')
  return new InvalidRegistryUrlError(withoutSecrets(url), `${problem} (accepted: ${forms})`)
}

function hint(protocol: string): string {
  return didYouMean(protocol, Object.keys(REGISTRY_URL_FORMS))
}
