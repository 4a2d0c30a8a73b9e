/** Where a request goes, as undici takes it. */
export interface RequestTarget {
  /** As `origin` of a URL. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
}

/**
 * URLs that are in the form a URL parser would give them already: a host that begins with a letter and can be neither an address nor
 * Punycode, no port, no segment that begins with a dot, no character that would be encoded, no fragment.
 */
const PLAIN =
  /^(http:\/\/(?!xn--)[a-z][a-z\d-]*)((?:\/(?!\.|%2[eE])[\w.~!$&()*+,;=:@%-]*)+(?:\?[\w.~!$&()*+,;=:@%/?-]+)?)$/

/**
 * What `new URL(url)` says of origin, path and query; throws its TypeError for what is not a URL. Plain URLs, which nearly all are, are
 * only taken apart, at a tenth of the cost.
 */
export function requestTarget(url: string | URL): RequestTarget {
  const plain = typeof url === 'string' ? PLAIN.exec(url) : null
  if (plain) return { origin: plain[1] as string, path: plain[2] as string }
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search }
}
