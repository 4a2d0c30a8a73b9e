/** How to speak TLS with Consul; certificates are always checked. */
export interface ConsulTls {
  /** Certificates to trust, in PEM. Default: those that Node trusts. */
  readonly ca?: string | undefined
  /** Our own certificate, in PEM, where Consul asks for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name the certificate must be for. Default: the host. */
  readonly serverName?: string | undefined
}
