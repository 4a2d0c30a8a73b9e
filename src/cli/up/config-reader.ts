import { inspect } from 'node:util'
import { didYouMean } from '../did-you-mean.ts'
import { InvalidConfigError } from '../errors.ts'

/** A value of a configuration and where it is, to be read as what it ought to be. Every method throws `InvalidConfigError` if it is not. */
export class ConfigReader {
  /** `applications.users.instances`; empty for the whole. */
  readonly path: string
  readonly value: unknown

  constructor(path: string, value: unknown) {
    this.path = path
    this.value = value
  }

  /** The field `name`, there or not. */
  field(name: string): ConfigReader {
    const value = this.value === undefined ? undefined : this.#object()[name]
    return new ConfigReader(this.path === '' ? name : `${this.path}.${name}`, value)
  }

  /** The field `name` if it is there. */
  optional(name: string): ConfigReader | undefined {
    const field = this.field(name)
    return field.value === undefined ? undefined : field
  }

  /** Makes sure that there are no fields but those of `known`. */
  only(known: readonly string[]): void {
    const unknown = Object.keys(this.#object()).find(name => !known.includes(name))
    if (unknown === undefined) return
    const hint = didYouMean(unknown, known) || ` There are: ${known.join(', ')}.`
    throw new InvalidConfigError(this.path, `has a field "${unknown}", which does not exist.${hint}`)
  }

  entries(): [string, ConfigReader][] {
    return Object.keys(this.#object()).map(name => [name, this.field(name)])
  }

  text(): string {
    if (typeof this.value === 'string' && this.value !== '') return this.value
    throw this.#expected('a text that is not empty')
  }

  texts(): string[] {
    if (!Array.isArray(this.value)) throw this.#expected('a list of texts')
    return this.value.map((value, index) => new ConfigReader(`${this.path}[${index}]`, value).text())
  }

  integer(min: number, max: number): number {
    const { value } = this
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    throw this.#expected(`a whole number from ${min} to ${max}`)
  }

  #object(): Record<string, unknown> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Record<string, unknown>
    }
    throw this.#expected('an object')
  }

  #expected(what: string): InvalidConfigError {
    const shown = this.value === undefined ? 'missing' : inspect(this.value, { breakLength: Infinity }).slice(0, 100)
    return new InvalidConfigError(this.path, `is ${shown}: it must be ${what}`)
  }
}
