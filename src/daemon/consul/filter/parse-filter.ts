import { FilterProblem } from './filter-problem.ts'

/** What is compared, and with what. */
export interface Match {
  readonly kind: 'match'
  readonly selector: readonly string[]
  readonly operator: Operator
  readonly value: string
}

/** What can be said of a value. */
export type Operator = 'Equal' | 'Not Equal' | 'In' | 'Not In' | 'Is Empty' | 'Is Not Empty' | 'Matches' | 'Not Matches'

/** A filter expression as a tree. */
export type Expression =
  | Match
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }

/** An expression may have so many characters, and so many parentheses and negations within each other. */
const CHARACTERS_MAX = 8_192
const DEPTH_MAX = 100

const SPACE = '[ \\t\\r\\n]'

/**
 * Reads an expression in the language of Consul's `?filter=` (go-bexpr): `Service.Meta.zone == "a" and not ("v1" in Service.Tags)`. Throws
 * `FilterProblem` with the line, the column and what could have stood there.
 */
export function parseFilter(text: string): Expression {
  if (text.length > CHARACTERS_MAX)
    throw new FilterProblem(`The expression is longer than ${CHARACTERS_MAX} characters`)
  return new Parser(text).expression()
}

/** Tries alternatives in order, as a parser made from a grammar does, and remembers what was missed furthest on. */
class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  #furthest = 0
  #missed = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  expression(): Expression {
    this.#spaces()
    const found = this.#or()
    if (found) {
      this.#spaces()
      if (this.#at === this.#text.length) return found
      this.#miss('EOF')
    }
    throw this.#nothingFits()
  }

  #or(): Expression | undefined {
    return this.#chain('or', () => this.#chain('and', () => this.#not()))
  }

  /** `operand word operand …`, grouped to the right, as far as it goes: a word without an operand is left to who reads on. */
  #chain(word: 'and' | 'or', operand: () => Expression | undefined): Expression | undefined {
    const operands: Expression[] = []
    let end = this.#at
    for (let next = operand(); next; next = operand()) {
      operands.push(next)
      end = this.#at
      if (!(this.#space() && this.#literal(word) && this.#space())) break
    }
    this.#at = end
    return operands.length === 0 ? undefined : operands.reduceRight((right, left) => ({ kind: word, left, right }))
  }

  #not(): Expression | undefined {
    const start = this.#at
    this.#deepen()
    try {
      if (this.#literal('not') && this.#space()) {
        const operand = this.#not()
        if (operand) return operand.kind === 'not' ? operand.operand : { kind: 'not', operand }
      }
      this.#at = start
      return this.#parenthesised() ?? this.#match()
    } finally {
      this.#depth--
    }
  }

  #parenthesised(): Expression | undefined {
    const start = this.#at
    if (this.#literal('(')) {
      this.#spaces()
      const inner = this.#or()
      if (inner) {
        this.#spaces()
        if (this.#literal(')')) return inner
        throw this.#broken('grouping', 'Unmatched parentheses')
      }
    }
    this.#at = start
    return undefined
  }

  #match(): Expression | undefined {
    const start = this.#at
    const selector = this.#selector()
    if (selector) {
      const end = this.#at
      for (const [operator, reads] of VALUE_OPERATORS) {
        this.#at = end
        if (!this.#operator(reads)) continue
        const value = this.#value()
        if (value !== undefined) return { kind: 'match', selector, operator, value }
      }
      for (const [operator, words] of EMPTY_OPERATORS) {
        this.#at = end
        if (this.#words(words)) return { kind: 'match', selector, operator, value: '' }
      }
    }
    this.#at = start
    return this.#valueFirst()
  }

  /** `value in selector`. */
  #valueFirst(): Expression | undefined {
    const start = this.#at
    const value = this.#value()
    if (value === undefined) return undefined
    const end = this.#at
    for (const [operator, words] of [
      ['In', ['in']],
      ['Not In', ['not', 'in']],
    ] as const) {
      this.#at = end
      if (!this.#words(words) || !this.#space()) continue
      const selector = this.#selector()
      if (!selector) throw this.#broken('match', 'Invalid selector')
      return { kind: 'match', selector, operator, value }
    }
    this.#at = start
    return undefined
  }

  #operator(reads: string): boolean {
    if (reads === '==' || reads === '!=') {
      this.#spaces()
      if (!this.#literal(reads)) return false
      this.#spaces()
      return true
    }
    return this.#words(reads.split(' ')) && this.#space()
  }

  /** Words, each after spaces. */
  #words(words: readonly string[]): boolean {
    return words.every(word => this.#space() && this.#literal(word))
  }

  #selector(): string[] | undefined {
    const first = this.#identifier()
    if (first === undefined) return undefined
    const path = [first]
    for (;;) {
      const start = this.#at
      const next = this.#literal('.') ? this.#identifier() : this.#index()
      if (next === undefined) {
        this.#at = start
        return path
      }
      path.push(next)
    }
  }

  #index(): string | undefined {
    if (!this.#literal('[')) return undefined
    this.#spaces()
    const key = this.#key()
    this.#spaces()
    if (!this.#literal(']')) throw this.#broken('index', 'Unclosed index expression')
    return key
  }

  /** The text in brackets. */
  #key(): string {
    const start = this.#at
    const invalid = () => this.#broken('index', 'Invalid index', start)
    try {
      const key = this.#string()
      if (key !== undefined) return key
    } catch (error) {
      if (error instanceof FilterProblem) throw new FilterProblem(`${error.message}\n${invalid().message}`)
      throw error
    }
    throw invalid()
  }

  #identifier(): string | undefined {
    const found = this.#regular(/[a-zA-Z][a-zA-Z0-9_]*/y)
    if (found === undefined) this.#miss('[a-zA-Z]')
    else this.#miss('[a-zA-Z0-9_]')
    return found
  }

  /** A selector stands for its own text. */
  #value(): string | undefined {
    const start = this.#at
    if (this.#selector()) return this.#text.slice(start, this.#at)
    return this.#number() ?? this.#string()
  }

  #number(): string | undefined {
    const start = this.#at
    this.#literal('-')
    if (!this.#digits()) {
      this.#at = start
      return undefined
    }
    if (/[ \t\r\n)]/.test(this.#text[this.#at] ?? ' ')) return this.#text.slice(start, this.#at)
    throw this.#broken('number', 'Invalid number literal')
  }

  /** A number without its sign; tells what more of it could have stood at its end. */
  #digits(): boolean {
    this.#miss('"0"', '[1-9]')
    const whole = this.#regular(/0|[1-9]\d*/y)
    if (whole === undefined) return false
    const isFraction = this.#regular(/\.\d+/y) !== undefined
    if (!isFraction) this.#miss('"."')
    if (isFraction || whole !== '0') this.#miss('[0-9]')
    return true
  }

  #string(): string | undefined {
    this.#miss(String.raw`"\""`, '"`"')
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== '`') return undefined
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end < 0) throw this.#broken('string', 'Unterminated string literal', this.#text.length)
    const value = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return value
  }

  #literal(word: string): boolean {
    if (this.#text.startsWith(word, this.#at)) {
      this.#at += word.length
      return true
    }
    this.#miss(`"${word}"`)
    return false
  }

  /** At least one. */
  #space(): boolean {
    const found = this.#regular(/[ \t\r\n]+/y) !== undefined
    this.#miss(SPACE)
    return found
  }

  /** Any number. */
  #spaces(): void {
    this.#space()
  }

  #regular(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #deepen(): void {
    // What stands within the last of them is one deeper.
    if (++this.#depth > DEPTH_MAX + 1) throw new FilterProblem(`The expression is nested more than ${DEPTH_MAX} deep`)
  }

  /** These could have stood here. */
  #miss(...expected: readonly string[]): void {
    if (this.#at < this.#furthest) return
    if (this.#at > this.#furthest) this.#missed = new Set()
    this.#furthest = this.#at
    for (const one of expected) this.#missed.add(one)
  }

  #nothingFits(): FilterProblem {
    const isEnd = this.#missed.delete('EOF')
    const expected = [...this.#missed].toSorted()
    if (isEnd) expected.push('EOF')
    const last = expected.pop() ?? ''
    const list = expected.length > 0 ? `${expected.join(', ')} or ${last}` : last
    return new FilterProblem(`${position(this.#text, this.#furthest)}: no match found, expected: ${list}`)
  }

  #broken(rule: string, problem: string, at = this.#at): FilterProblem {
    return new FilterProblem(`${position(this.#text, at)}: rule "${rule}": ${problem}`)
  }
}

const VALUE_OPERATORS: readonly (readonly [Operator, string])[] = [
  ['Equal', '=='],
  ['Not Equal', '!='],
  ['In', 'contains'],
  ['Not In', 'not contains'],
  ['Matches', 'matches'],
  ['Not Matches', 'not matches'],
]

const EMPTY_OPERATORS: readonly (readonly [Operator, readonly string[]])[] = [
  ['Is Empty', ['is', 'empty']],
  ['Is Not Empty', ['is', 'not', 'empty']],
]

/** `line:column (offset)`, from 1, 1 and 0. */
function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n')
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1} (${offset})`
}
