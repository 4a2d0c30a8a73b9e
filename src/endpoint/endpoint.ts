/** A TCP port to listen on or to connect to. */
export interface TcpEndpoint {
  readonly scheme: 'tcp'
  /** The interface to listen on (absent: all of them, as in Node and Twisted) or the host to connect to (absent: `localhost`). IPv6 without brackets. */
  readonly host?: string
  /** 0 to listen on a port the system chooses. */
  readonly port: number
  /** How many connections the kernel may hold before the process accepts them. */
  readonly backlog?: number
}

/** A TCP port that speaks TLS. All files are PEM. */
export interface TlsEndpoint extends Omit<TcpEndpoint, 'scheme'> {
  readonly scheme: 'tls'
  /** File with the own certificate and its chain: needed to listen; to connect, only where the server asks for one. */
  readonly cert?: string
  /** File with the private key of `cert`; absent: it is in the same file. */
  readonly key?: string
  /** File with the authorities to trust *instead of* the system's. A listener that has one demands a certificate from its clients. */
  readonly ca?: string
  /**
   * File with what the authorities of `ca` have revoked, a list of each of them that a certificate goes back to: without one, or with one that has expired, no certificate of
   * it is taken. Only together with `ca`.
   */
  readonly crl?: string
  /** The name to ask for (SNI) and to find in the server's certificate when connecting; absent: the host. */
  readonly servername?: string
  /** `false` accepts any certificate when connecting: for tests only. */
  readonly verify?: boolean
}

/** A Unix domain socket. */
export interface UnixEndpoint {
  readonly scheme: 'unix'
  /** Where in the file system; relative to the working directory unless it begins with a slash. */
  readonly path: string
  /** Permissions of the file, such as `0o660`; absent: what the umask leaves. */
  readonly mode?: number
  readonly backlog?: number
}

/**
 * Where to listen or connect, as data. Written as a string in configuration (see {@link parseEndpoint}), told apart by `scheme`.
 * Other schemes join through an `EndpointGrammar` of their own.
 */
export type Endpoint = TcpEndpoint | TlsEndpoint | UnixEndpoint
