import type { RegistryScheme } from './registry-scheme.ts'
import type { RegistryUrl, UrlPart } from './registry-url.ts'

/** A fixed list: each endpoint belongs to the service named last. */
export const staticScheme: RegistryScheme = {
  name: 'static',
  form: 'static:users=127.0.0.1:8080,127.0.0.1:8081,orders=…',
  locate(url) {
    url.parameters({})
    const services = servicesOf(url)
    return {
      kind: 'static',
      load: async () => {
        const { StaticRegistry } = await import('../../adapters/static/index.ts')
        return () => new StaticRegistry({ services })
      },
    }
  },
}

function servicesOf(url: RegistryUrl): Record<string, string[]> {
  const services = new Map<string, string[]>()
  let endpoints: string[] | undefined
  for (const { text, at } of url.pieces) {
    const equals = text.indexOf('=')
    if (equals >= 0) endpoints = listOf(services, url.decoded({ text: text.slice(0, equals), at }))
    if (!endpoints) throw url.refused('it begins without the name of a service', at)
    const endpoint = { text: text.slice(equals + 1), at: at + equals + 1 }
    if (endpoint.text !== '' || equals < 0) endpoints.push(endpointOf(url, endpoint))
  }
  return Object.fromEntries(services)
}

function listOf(services: Map<string, string[]>, serviceName: string): string[] {
  const list = services.get(serviceName) ?? []
  services.set(serviceName, list)
  return list
}

/** An endpoint URL as it is; a host and a port are TCP. */
function endpointOf(url: RegistryUrl, part: UrlPart): string {
  if (/^[a-z][a-z0-9+.-]*:\//.test(part.text)) return url.decoded(part)
  const { host, port } = url.address(part)
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
}
