/** A URL as undici's dispatchers take it. */
export interface RequestTarget {
  readonly origin: string
  readonly path: string
}

/**
 * An http URL with nothing to normalise: a lower case name for a host that cannot be a number or Punycode, no dot segments however written,
 * no characters that would be encoded, no fragment.
 */
const PLAIN =
  /^(https?:\/\/(?!xn--)[a-z][a-z0-9_-]*)(\/(?:[\w\-~!$&()*+,;=:@/]|(?<!\/)[.%])*(?:\?[\w\-~!$&()*+,;=:@/.%?]+)?)$/

/** Takes a URL apart. Plain ones, which most are, without parsing them by the rules: that takes a tenth of the time. */
export function requestTarget(url: string | URL): RequestTarget {
  const plain = typeof url === 'string' ? PLAIN.exec(url) : null
  if (plain) return { origin: plain[1] as string, path: plain[2] as string }
  const { origin, pathname, search } = typeof url === 'string' ? new URL(url) : url
  return { origin, path: pathname + search }
}
