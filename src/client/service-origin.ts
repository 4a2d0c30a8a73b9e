import { domainToUnicode } from 'node:url'

/**
 * The service name that a URL's origin stands for: a host without dots and without a port, which is neither `localhost` nor an IP
 * address; percent and Punycode encoding are undone. Undefined for every other origin, which is called as it stands. Hosts are lower
 * case in URLs, so a service whose name has upper case letters, dots or spaces cannot be called by URL.
 */
export function serviceNameOf(origin: string | URL): string | undefined {
  const { protocol, hostname, port } = typeof origin === 'string' ? new URL(origin) : origin
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  if (hostname === 'localhost' || port !== '' || /[.:[]/.test(hostname)) return undefined
  return hostname.startsWith('xn--') ? domainToUnicode(hostname) : hostname
}
