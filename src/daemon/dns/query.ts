/** One question that is well formed, with what an answer needs of it. */
export interface DnsQuery {
  readonly id: number
  readonly recursionDesired: boolean
  /** The labels of the name, as they were asked for. */
  readonly labels: readonly string[]
  readonly type: number
  readonly class: number
  /** The question section, to be repeated in the answer byte for byte. */
  readonly question: Buffer
  /** What EDNS0 says of who asks; undefined without it. */
  readonly edns: Edns | undefined
}

/** Extension mechanisms for DNS (RFC 6891). */
export interface Edns {
  /** The largest UDP message that who asks can take. */
  readonly payloadBytes: number
  readonly version: number
}
