import { networkInterfaces } from 'node:os'

/** What `os.networkInterfaces()` returns, as far as it matters here. */
export type NetworkInterfaces = Readonly<
  Record<string, readonly Readonly<{ address: string; family: string; internal: boolean }>[] | undefined>
>

/** Where the advertised host comes from. */
export interface AdvertiseOptions {
  /** What the author says: `host`, `host:port` or `[v6]:port`; goes before everything else, whatever is listened on. */
  advertise?: string | undefined
  /** What the machine's operator says, in the same form, for what listens on every interface. Default: `$ROPEWALK_ADVERTISE`. */
  environment?: string | undefined
  /** Default: those of this machine. */
  interfaces?: NetworkInterfaces
}

/** Networks inside this machine, and tunnels that most peers are not in: by the names that Docker, libvirt, Kubernetes and VPNs give them. */
const PRIVATE_INTERFACE =
  /^(?:docker|podman|veth|br-|virbr|vmnet|vboxnet|lxc|lxd|cni|cali|flannel|kube|weave|nerdctl|tailscale|ts\d|utun|tun|tap|wg|zt|awdl|llw|dummy|ifb)/

const URL_WITH_HOST = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>\[[^\]]*\]|[^:/?#[\]]*):(?<port>\d+)(?<rest>.*)$/

const WILDCARDS = new Set(['', '*', '0.0.0.0', '[::]', '[::0]'])

/**
 * The endpoint URL under which others reach what listens on `endpoint`. The host of a wildcard is replaced by the operator's choice,
 * else by the machine's first IPv4 and then IPv6 address that is not internal, link-local, or of a bridge, container or tunnel, else by
 * loopback. A loopback address stays, as does any other host, and a URL without one (`unix:`).
 */
export function advertisedEndpoint(endpoint: string, options: AdvertiseOptions = {}): string {
  const { scheme, host, port, rest } = URL_WITH_HOST.exec(endpoint)?.groups ?? {}
  if (host === undefined) return endpoint
  if (options.advertise) return `${scheme}://${withPort(options.advertise, port!)}${rest}`
  if (!WILDCARDS.has(host)) return endpoint
  return `${scheme}://${withPort(machineHost(options), port!)}${rest}`
}

function machineHost({
  environment = process.env['ROPEWALK_ADVERTISE'],
  interfaces = networkInterfaces(),
}: AdvertiseOptions): string {
  return environment || firstAddress(interfaces, 'IPv4') || firstAddress(interfaces, 'IPv6') || '127.0.0.1'
}

function firstAddress(interfaces: NetworkInterfaces, family: string): string | undefined {
  const outward = Object.entries(interfaces).filter(([name]) => !PRIVATE_INTERFACE.test(name))
  const addresses = outward.flatMap(([, list = []]) => list)
  return addresses.find(info => info.family === family && !info.internal && !/^(?:169\.254\.|fe80:)/.test(info.address))
    ?.address
}

/** `host:port`, unless the host comes with a port of its own; an IPv6 address gets its brackets. */
function withPort(host: string, port: string): string {
  const colons = host.split(':').length - 1
  if (host.startsWith('[')) return host.endsWith(']') ? `${host}:${port}` : host
  if (colons === 1) return host
  return colons > 1 ? `[${host}]:${port}` : `${host}:${port}`
}
