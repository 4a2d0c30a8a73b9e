/** Where a service listens. */
export interface HostAndPort {
  /** Empty if it is not said. */
  readonly host: string
  /** 0 if there is none. */
  readonly port: number
}

const NOWHERE: HostAndPort = { host: '', port: 0 }

/** Host and port of the first endpoint that has them, as of `tcp://10.0.0.5:8080`; a Unix socket has none. */
export function hostAndPort(endpoints: readonly string[]): HostAndPort {
  for (const endpoint of endpoints) {
    const [, host = '', port = ''] =
      /^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-fA-F:.%]+\]|[^/:?#@]+):(\d{1,5})(?:[/?#]|$)/.exec(endpoint) ?? []
    if (port !== '' && Number(port) <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
  }
  return NOWHERE
}
