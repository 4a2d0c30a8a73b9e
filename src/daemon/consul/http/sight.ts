import type { Identity } from '../../access/access.ts'
import type { Right } from '../../access/grants.ts'

/** A right on one name; or on all that begin with something, by default on all. */
export type Need =
  | { readonly right: Right; readonly name: string }
  | { readonly right: Right; readonly prefix?: string }

/** Whether something of a list is shown. */
export type Sees = (right: Right, name: string) => boolean

/** Everything is shown. */
export const seesAll: Sees = () => true

/** What somebody may see of lists, as the rights are just now. */
export class Sight {
  readonly #identity: Identity
  readonly #needs: readonly Need[]

  constructor(identity: Identity, needs: readonly Need[]) {
    this.#identity = identity
    this.#needs = needs
  }

  /** Whose view it is: the same text for those who see the same; empty for who sees all. */
  get key(): string {
    return this.#needs.every(need => this.#isMet(need)) ? '' : this.#identity.key
  }

  /** What is shown to those of the key. */
  get sees(): Sees {
    const identity = this.#identity
    return this.key === '' ? seesAll : (right, name) => identity.may(right, name)
  }

  #isMet(need: Need): boolean {
    const { right } = need
    return 'name' in need ? this.#identity.may(right, need.name) : this.#identity.mayAll(right, need.prefix)
  }
}
