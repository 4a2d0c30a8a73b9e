import type { Endpoint } from './endpoint.ts'
import { EndpointSyntaxError } from './errors.ts'
import { EndpointGrammar } from './grammar.ts'
import { endpointSchemes } from './schemes.ts'

const grammar = new EndpointGrammar<Endpoint>(endpointSchemes)

/**
 * Reads an endpoint string:
 *
 *     tcp:8080                              listen on all interfaces; connect to localhost
 *     tcp:0:interface=127.0.0.1             listen on a port the system chooses
 *     tcp:example.com:80                    also tcp:host=example.com:port=80 and tcp://example.com:80
 *     tcp:[::1]:80                          also tcp:\:\:1:80 and tcp://[::1]:80
 *     tls:8443:cert=/etc/x.pem:key=/etc/x.key
 *     unix:/run/x.sock:mode=660             also unix:///run/x.sock
 *
 * A backslash takes its meaning from `:`, `=`, `[` and `\`. The form with `//` has no options. Throws EndpointSyntaxError, which
 * says where and what was expected, or EndpointSchemeError.
 */
export function parseEndpoint(text: string): Endpoint {
  return grammar.parse(text)
}

/** The endpoint that is given as a string or as such. Throws as `parseEndpoint`, also for what is neither: a port, say, or a variable that is not set. */
export function toEndpoint(given: Endpoint | string): Endpoint {
  if (typeof given === 'string') return parseEndpoint(given)
  const scheme: unknown = typeof given === 'object' ? (given as Partial<Endpoint> | null)?.scheme : undefined
  if (typeof scheme === 'string' && Object.hasOwn(endpointSchemes, scheme)) return given
  const text = typeof given === 'object' ? JSON.stringify(given) : String(given)
  throw new EndpointSyntaxError(text, 0, 'a string such as "tcp:8080"')
}

/**
 * The canonical string of an endpoint: `scheme://host:port` for a plain address, the form with colons for everything else.
 * The inverse of {@link parseEndpoint}: parsing it gives an equal endpoint, and formatting that gives the same string.
 */
export function formatEndpoint(endpoint: Endpoint): string {
  return grammar.format(endpoint)
}
