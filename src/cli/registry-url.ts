import { didYouMean } from './did-you-mean.ts'
import { InvalidRegistryUrlError } from './errors.ts'
import { consulScheme } from './registry-urls/consul.ts'
import { daemonScheme } from './registry-urls/daemon.ts'
import { dnsScheme } from './registry-urls/dns.ts'
import { etcdScheme } from './registry-urls/etcd.ts'
import { fileScheme } from './registry-urls/file.ts'
import { memoryScheme } from './registry-urls/memory.ts'
import type { RegistryLocation, RegistryScheme } from './registry-urls/registry-scheme.ts'
import { RegistryUrl } from './registry-urls/registry-url.ts'
import { staticScheme } from './registry-urls/static.ts'
import { withoutSecrets } from './registry-urls/without-secrets.ts'
import { zookeeperScheme } from './registry-urls/zookeeper.ts'

const REGISTRY_SCHEMES: readonly RegistryScheme[] = [
  memoryScheme,
  daemonScheme,
  consulScheme,
  etcdScheme,
  zookeeperScheme,
  staticScheme,
  fileScheme,
  dnsScheme,
]

/** What the URLs of the registries that there are look like. */
export const REGISTRY_FORMS: readonly string[] = REGISTRY_SCHEMES.map(({ form }) => form)

/** What `url` means. Throws `InvalidRegistryUrlError`, which shows the URL without its secrets and says what is accepted. */
export function parseRegistryUrl(url: string): RegistryLocation {
  const [, name] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? []
  if (name === undefined) throw refused(url, 'it is not a URL')
  const scheme = REGISTRY_SCHEMES.find(known => known.name === name.toLowerCase())
  if (!scheme) throw refused(url, `${name}: is not known.${hint(name)}`)
  return scheme.locate(new RegistryUrl(url, { scheme: name, form: scheme.form }))
}

function refused(url: string, problem: string): InvalidRegistryUrlError {
  return new InvalidRegistryUrlError(withoutSecrets(url), `${problem} (accepted: ${REGISTRY_FORMS.join(' or ')})`)
}

function hint(name: string): string {
  return didYouMean(
    `${name}:`,
    REGISTRY_SCHEMES.map(scheme => `${scheme.name}:`),
  )
}
