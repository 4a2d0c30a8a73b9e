import { EndpointSchemeError, EndpointSyntaxError } from './errors.ts'
import { Fields } from './fields.ts'

/** How the endpoints of one scheme are written. `print` and `parse` are inverse. */
export interface Scheme<E> {
  /** Makes the endpoint from its fields, taking them all; throws EndpointSyntaxError. */
  parse(fields: Fields): E
  /** The one canonical way to write the endpoint. */
  print(endpoint: E): string
}

/** One Scheme for each kind of endpoint in the union `E`. */
export type SchemesOf<E extends { readonly scheme: string }> = {
  readonly [S in E['scheme']]: Scheme<Extract<E, { readonly scheme: S }>>
}

/**
 * A set of schemes with their strings. A part of Ropewalk that brings a scheme of its own makes a grammar of `endpointSchemes` and
 * that; nothing is registered anywhere, so two parts cannot get in each other's way.
 */
export class EndpointGrammar<E extends { readonly scheme: string }> {
  readonly #schemes: Map<string, Scheme<E>>

  constructor(schemes: SchemesOf<E>) {
    this.#schemes = new Map(Object.entries(schemes as Record<string, Scheme<E>>))
  }

  /** Whether `text` begins with a scheme of this grammar and a colon. */
  understands(text: string): boolean {
    return this.#schemes.has(text.slice(0, text.indexOf(':')))
  }

  /** The endpoint that `text` describes. Throws EndpointSyntaxError or EndpointSchemeError. */
  parse(text: string): E {
    const name = /^[a-z][a-z0-9+.-]*(?=:)/.exec(text)?.[0]
    if (name === undefined) throw new EndpointSyntaxError(text, 0, `a scheme and a colon, such as ${this.#example()}`)
    const scheme = this.#schemes.get(name)
    if (!scheme) throw new EndpointSchemeError(text, name, [...this.#schemes.keys()])
    return scheme.parse(new Fields(text, name.length + 1))
  }

  /** The canonical string of `endpoint`: `parse(format(endpoint))` is deeply equal to it. */
  format(endpoint: E): string {
    const scheme = this.#schemes.get(endpoint.scheme)
    if (!scheme) throw new EndpointSchemeError(`${endpoint.scheme}:`, endpoint.scheme, [...this.#schemes.keys()])
    return scheme.print(endpoint)
  }

  #example(): string {
    return [...this.#schemes.keys()].map(name => `${name}:`).join(' or ')
  }
}
