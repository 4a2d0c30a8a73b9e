/** What DNS is answered from. Must answer at once, from memory; names come in lower case. */
export interface DnsCatalog {
  /**
   * Those of a service that are to get work: the same list until something changes. Empty when there are none; `unsettled` while it cannot be
   * known that there are none; `forbidden` when it may not be told.
   */
  instances(serviceName: string): readonly DnsInstance[] | 'unsettled' | 'forbidden'
  /** Resolves when it can be known who there is of a service, or that this cannot be known; undefined where it can already. Never rejects. */
  ready(serviceName: string): Promise<void> | undefined
  /** The machine of that name. */
  node(name: string): DnsNode | undefined
  /** What a prepared query of that name finds; undefined when there is none. */
  prepared(name: string): PreparedAnswer | undefined
  /** Who has an IP address; if several, any of them. */
  holder(address: string): DnsHolder | undefined
}

/** An instance of a service, as DNS tells of it. */
export interface DnsInstance {
  /** An IP address, or a host name; empty: its node's. */
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly tags: readonly string[]
  readonly node: DnsNode
}

/** A machine that instances are on. */
export interface DnsNode {
  readonly name: string
  /** An IP address, or a host name. */
  readonly address: string
  /** Told as TXT records. */
  readonly metadata: Readonly<Record<string, string>>
}

/** What a prepared query found. */
export interface PreparedAnswer {
  /** `forbidden` when it may not be told. */
  readonly instances: readonly DnsInstance[] | 'forbidden'
  /** Of which they are. */
  readonly serviceName: string
  /** How long it may be kept, in seconds; undefined: as other answers of that service. */
  readonly ttlS: number | undefined
}

/** Who has an address. */
export type DnsHolder =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'service'; readonly name: string }
