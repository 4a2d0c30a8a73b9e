import type { Identity } from '../../access/access.ts'
import type { Right } from '../../access/grants.ts'

/** A right on some names; or on all that begin with something, by default on all. */
export type Need =
  | { readonly right: Right; readonly names: () => readonly string[] }
  | { readonly right: Right; readonly prefix?: string }

/** Whether something of a list is shown. */
export type Sees = (right: Right, name: string) => boolean

/** Everything is shown. */
export const seesAll: Sees = () => true

/** What somebody may see of lists, as the rights are just now. Who may see just the names that are asked for shares a view with others who may. */
export class Sight {
  readonly #identity: Identity
  readonly #needs: readonly Need[]
  #names: ReadonlySet<string> | undefined

  constructor(identity: Identity, needs: readonly Need[]) {
    this.#identity = identity
    this.#needs = needs
  }

  /** Whose view it is: the same text for those who see the same; empty for who sees all. */
  get key(): string {
    if (this.#seesAll) return ''
    return this.#seesNames ? `=${[...this.#asked].join('\0')}` : this.#identity.key
  }

  /** What is shown to those of the key. */
  get sees(): Sees {
    if (this.#seesAll) return seesAll
    const identity = this.#identity
    if (!this.#seesNames) return (right, name) => identity.may(right, name)
    const limited = new Set(this.#needs.flatMap(need => ('names' in need ? [need.right] : [])))
    const names = this.#asked
    return (right, name) => !limited.has(right) || names.has(name)
  }

  get #seesAll(): boolean {
    return this.#needs.every(need => this.#identity.mayAll(need.right, 'prefix' in need ? need.prefix : undefined))
  }

  /** Whether nothing of what is asked for by name is hidden, and nothing else at all. */
  get #seesNames(): boolean {
    return this.#needs.every(need => {
      if (!('names' in need)) return this.#identity.mayAll(need.right, need.prefix)
      return [...this.#asked].every(name => this.#identity.may(need.right, name))
    })
  }

  /** As they were when it was looked for the first time: what comes later is not shown to who was only asked about these. */
  get #asked(): ReadonlySet<string> {
    return (this.#names ??= new Set(this.#needs.flatMap(need => ('names' in need ? need.names() : []))))
  }
}
