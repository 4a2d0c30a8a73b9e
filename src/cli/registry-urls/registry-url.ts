import { didYouMean } from '../did-you-mean.ts'
import { InvalidRegistryUrlError } from '../errors.ts'
import { withoutSecrets } from './without-secrets.ts'

/** One of the servers that a URL names. */
export interface RegistryHost {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/** A server as URLs have it: `host:port`, with brackets around an IPv6 address. */
export function authority({ host, port }: RegistryHost): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A part of a URL, and where it begins in it. */
export interface UrlPart {
  readonly text: string
  readonly at: number
}

/** Reads the value of a parameter; throws an `Error` that says what was expected. */
export type ReadParameter<T> = (value: string) => T

/** What a URL says of each parameter it may have; undefined where it does not mention it. */
export type Parameters<Readers> = {
  readonly [Name in keyof Readers]?: Readers[Name] extends ReadParameter<infer T> ? T | undefined : never
}

const HOST = /^(?:\[([0-9a-fA-F:.]+(?:%[^\]]+)?)\]|([A-Za-z0-9._-]+))(?::(.*))?$/s

/**
 * The URL of a registry, taken apart: `scheme://user:password@host:port,host:port/path?name=value`, or `scheme:text`. Unlike the URLs of the
 * web it names any number of hosts. Whatever is wrong with it is an `InvalidRegistryUrlError` that shows it without its secrets and says at
 * which character.
 */
export class RegistryUrl {
  readonly #url: string
  readonly #form: string
  readonly #authority: UrlPart | undefined
  readonly #path: UrlPart
  readonly #query: UrlPart | undefined

  /** `scheme` is known to begin it; `form` is shown when something is wrong. */
  constructor(url: string, { scheme, form }: { scheme: string; form: string }) {
    this.#url = url
    this.#form = form
    const start = scheme.length + 1
    const fragment = url.indexOf('#')
    if (fragment >= 0) throw this.refused('"#" has no meaning here: write it %23 where it belongs to a value', fragment)
    const mark = url.indexOf('?')
    const end = mark < 0 ? url.length : mark
    if (mark >= 0) this.#query = { text: url.slice(mark + 1), at: mark + 1 }
    const hasAuthority = url.startsWith('//', start)
    const slash = hasAuthority ? url.slice(0, end).indexOf('/', start + 2) : start
    const pathAt = slash < 0 ? end : slash
    if (hasAuthority) this.#authority = { text: url.slice(start + 2, pathAt), at: start + 2 }
    this.#path = { text: url.slice(pathAt, end), at: pathAt }
    if (url.indexOf('@', pathAt) >= 0 && hasAuthority && !this.#authority?.text.includes('@'))
      throw this.refused(
        '"@" comes after the hosts: write "/", "?", "#" and "@" in a user or password as %2F, %3F, %23, %40',
      )
  }

  /** The user and the password before `@`, decoded. */
  get credentials(): { user?: string; password?: string } {
    const { text, at } = this.#authority ?? { text: '', at: 0 }
    const end = text.lastIndexOf('@')
    if (end < 0) return {}
    const colon = text.slice(0, end).indexOf(':')
    const user = this.decoded({ text: text.slice(0, colon < 0 ? end : colon), at })
    if (colon < 0) return { user }
    return { user, password: this.decoded({ text: text.slice(colon + 1, end), at: at + colon + 1 }) }
  }

  /** The hosts, at least one, in their order; `port` is that of those which name none. */
  hosts({ port }: { port: number }): readonly RegistryHost[] {
    const { text = '', at = 0 } = this.#authority ?? {}
    const start = text.lastIndexOf('@') + 1
    if (text.slice(start) === '') throw this.refused('it names no host', at + start)
    return split({ text: text.slice(start), at: at + start }, ',').map(part => this.#host(part, port))
  }

  /** The only host. */
  host(options: { port: number }): RegistryHost {
    const [first, second] = this.hosts(options)
    if (second || !first) throw this.refused('it may name one host only')
    return first
  }

  /** A host and its port, which must be there, of a part of the URL. */
  address(part: UrlPart): RegistryHost {
    return this.#host(part, undefined)
  }

  /** What follows the hosts, decoded, without slashes around it: `prefix`, `a/b`; empty if there is nothing. */
  get path(): string {
    return this.decoded(this.#path).replace(/^\/+|\/+$/g, '')
  }

  /** All that follows the scheme up to the query, decoded: what a URL without hosts is about. */
  get text(): string {
    return this.decoded(this.#body)
  }

  /** The same in pieces between commas, each with its place, not decoded. */
  get pieces(): readonly UrlPart[] {
    return split(this.#body, ',')
  }

  /** Throws unless there is nothing after the hosts but parameters. */
  requireNoPath(): void {
    if (this.path !== '') throw this.refused('nothing may follow the port', this.#path.at)
  }

  /** The parameters after `?`, each of which may be given once. Throws when there is one that `readers` does not know. */
  parameters<Readers extends Readonly<Record<string, ReadParameter<unknown>>>>(readers: Readers): Parameters<Readers> {
    const found: Record<string, unknown> = {}
    const parts = this.#query?.text ? split(this.#query, '&') : []
    for (const { text, at } of parts) {
      const equals = text.indexOf('=')
      const name = this.decoded({ text: equals < 0 ? text : text.slice(0, equals), at })
      const value = equals < 0 ? '' : this.decoded({ text: text.slice(equals + 1), at: at + equals + 1 })
      const read = Object.hasOwn(readers, name) ? readers[name] : undefined
      const isBare = equals < 0 || /^=+$/.test(text.slice(equals))
      if (!read) throw this.#unknownParameter({ name, isBare, at }, Object.keys(readers))
      if (Object.hasOwn(found, name)) throw this.refused(`the parameter "${name}" is given twice`, at)
      found[name] = this.#read(read, { name, value, at })
    }
    return found as Parameters<Readers>
  }

  /** That something is wrong with it, and at which place (counted from 0; shown from 1). It must not tell a secret. */
  refused(problem: string, at?: number): InvalidRegistryUrlError {
    const where = at === undefined ? '' : ` (character ${at + 1})`
    return new InvalidRegistryUrlError(withoutSecrets(this.#url), `${problem}${where} (accepted: ${this.#form})`)
  }

  get #body(): UrlPart {
    const { text, at } = this.#authority ?? { text: '', at: this.#path.at }
    return this.#authority ? { text: `//${text}${this.#path.text}`, at: at - 2 } : this.#path
  }

  #host({ text, at }: UrlPart, defaultPort: number | undefined): RegistryHost {
    const [, v6, name, port] = HOST.exec(text) ?? []
    const host = v6 ?? name
    if (host === undefined) throw this.refused(text === '' ? 'a host is empty' : `"${text}" is no host`, at)
    if (port === undefined && defaultPort !== undefined) return { host, port: defaultPort }
    if (port === undefined) throw this.refused(`"${text}" names no port`, at)
    const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535
    if (!isPort) throw this.refused(`"${port}" is no port from 1 to 65535`, at + text.length - port.length)
    return { host, port: Number(port) }
  }

  /** Who writes `?SECRET` means a value: a word without one is shown only where it is a slip of a name. */
  #unknownParameter(
    { name, isBare, at }: { name: string; isBare: boolean; at: number },
    known: readonly string[],
  ): InvalidRegistryUrlError {
    const hint = didYouMean(name, known)
    const all = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`
    const what = isBare && hint === '' ? 'a parameter without a value (not shown here)' : `the parameter "${name}"`
    return this.refused(`${what} is not known.${hint || ` ${all}`}`, at)
  }

  #read<T>(read: ReadParameter<T>, { name, value, at }: { name: string; value: string; at: number }): T {
    try {
      return read(value)
    } catch (error) {
      throw this.refused(`the parameter "${name}" ${(error as Error).message}`, at)
    }
  }

  /** What a part stands for, its `%` sequences decoded. */
  decoded({ text, at }: UrlPart): string {
    try {
      return decodeURIComponent(text)
    } catch {
      const wrong = text.search(/%(?![0-9a-fA-F]{2})/)
      throw this.refused(
        '"%" must be followed by two hexadecimal digits (write %25 for itself)',
        at + Math.max(0, wrong),
      )
    }
  }
}

function split({ text, at }: UrlPart, separator: string): UrlPart[] {
  let next = at
  return text.split(separator).map(piece => {
    const part = { text: piece, at: next }
    next += piece.length + separator.length
    return part
  })
}
