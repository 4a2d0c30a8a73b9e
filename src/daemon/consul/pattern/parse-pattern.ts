/** Tests one code point. */
export type CharTest = (code: number) => boolean

/** A regular expression as a tree. */
export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'assert'; readonly at: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number }

/** A pattern cannot be read; the message is that of Go's regexp package where there is one. */
export class PatternProblem extends Error {}

const CHARACTERS_MAX = 1_000
const DEPTH_MAX = 50
const REPEAT_MAX = 1_000

/** Reads the regular expressions that both Go (RE2) and people commonly use: no back references, no looking around. Throws `PatternProblem`. */
export function parsePattern(source: string): PatternNode {
  if (source.length > CHARACTERS_MAX) throw new PatternProblem(`expression is longer than ${CHARACTERS_MAX} characters`)
  return new PatternParser(source).whole()
}

class PatternParser {
  readonly #source: string
  #at = 0
  #depth = 0
  #ignoresCase = false

  constructor(source: string) {
    this.#source = source
  }

  whole(): PatternNode {
    const node = this.#choice()
    if (this.#at < this.#source.length) throw new PatternProblem(`unexpected ): \`${this.#source}\``)
    return node
  }

  #choice(): PatternNode {
    if (++this.#depth > DEPTH_MAX) throw new PatternProblem('expression nests too deeply')
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    this.#depth--
    return nodes.length === 1 ? (nodes[0] as PatternNode) : { kind: 'choice', nodes }
  }

  #sequence(): PatternNode {
    const nodes: PatternNode[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] as string))
      nodes.push(this.#repeated())
    return { kind: 'sequence', nodes }
  }

  #repeated(): PatternNode {
    let node = this.#atom()
    for (;;) {
      const bounds = this.#bounds()
      if (!bounds) return node
      this.#take('?')
      node = { kind: 'repeat', node, ...bounds }
    }
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    const counted = /\{(\d+)(,?)(\d*)\}/y
    counted.lastIndex = this.#at
    const [found, least = '', comma, most = ''] = counted.exec(this.#source) ?? []
    if (found === undefined) return undefined
    this.#at += found.length
    const min = Number(least)
    const max = comma === '' ? min : most === '' ? Infinity : Number(most)
    const isTooMuch = min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX)
    if (isTooMuch || max < min) throw new PatternProblem(`invalid repeat count: \`${found}\``)
    return { min, max }
  }

  #atom(): PatternNode {
    const char = this.#next()
    if (char === '(') return this.#group()
    if (char === '[') return { kind: 'char', test: this.#cased(this.#set()) }
    if (char === '.') return { kind: 'char', test: code => code !== 0x0a }
    if (char === '^') return { kind: 'assert', at: 'start' }
    if (char === '$') return { kind: 'assert', at: 'end' }
    if (char === '\\') return this.#escape()
    if ('*+?'.includes(char)) throw new PatternProblem(`missing argument to repetition operator: \`${char}\``)
    return { kind: 'char', test: this.#cased(equals(char)) }
  }

  #group(): PatternNode {
    const flags = /\?(?:(i)?(:|\))|P?<\w+>)/y
    flags.lastIndex = this.#at
    const [found, ignoresCase, end] = flags.exec(this.#source) ?? []
    if (found === undefined && this.#source[this.#at] === '?') {
      throw new PatternProblem(`invalid or unsupported Perl syntax: \`(${this.#source.slice(this.#at, this.#at + 2)}\``)
    }
    this.#at += found?.length ?? 0
    const before = this.#ignoresCase
    if (ignoresCase) this.#ignoresCase = true
    if (end === ')') return { kind: 'empty' }
    const node = this.#choice()
    if (!this.#take(')')) throw new PatternProblem(`missing closing ): \`${this.#source}\``)
    this.#ignoresCase = before
    return node
  }

  #escape(): PatternNode {
    const char = this.#next()
    if (char === 'b') return { kind: 'assert', at: 'boundary' }
    if (char === 'B') return { kind: 'assert', at: 'inside' }
    if (char === 'A') return { kind: 'assert', at: 'start' }
    if (char === 'z') return { kind: 'assert', at: 'end' }
    return { kind: 'char', test: this.#cased(CLASSES[char] ?? this.#escaped(char)) }
  }

  #set(): CharTest {
    const isNegative = this.#take('^')
    const tests: CharTest[] = []
    for (let isFirst = true; isFirst || !this.#take(']'); isFirst = false) tests.push(this.#member())
    const isIn: CharTest = code => tests.some(test => test(code))
    return isNegative ? code => !isIn(code) : isIn
  }

  #member(): CharTest {
    const named = /\[:(\w+):\]/y
    named.lastIndex = this.#at
    const [found, name = ''] = named.exec(this.#source) ?? []
    if (found !== undefined && POSIX[name]) {
      this.#at += found.length
      return POSIX[name]
    }
    const char = this.#next('missing closing ]')
    const known = char === '\\' ? CLASSES[this.#source[this.#at] ?? ''] : undefined
    if (known) {
      this.#at++
      return known
    }
    const low = char === '\\' ? this.#code() : codeOf(char)
    const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']'
    if (!isRange) return code => code === low
    this.#at++
    const end = this.#next('missing closing ]')
    const high = end === '\\' ? this.#code() : codeOf(end)
    if (high < low) throw new PatternProblem(`invalid character class range: \`${char}-${end}\``)
    return code => code >= low && code <= high
  }

  #code(): number {
    const char = this.#next('trailing backslash at end of expression')
    return CONTROLS[char] ?? codeOf(char)
  }

  #escaped(char: string): CharTest {
    if (CONTROLS[char] === undefined && /[a-zA-Z0-9]/.test(char))
      throw new PatternProblem(`invalid escape sequence: \`\\${char}\``)
    const wanted = CONTROLS[char] ?? codeOf(char)
    return code => code === wanted
  }

  #cased(test: CharTest): CharTest {
    if (!this.#ignoresCase) return test
    return code => test(code) || test(otherCase(code))
  }

  #take(char: string): boolean {
    if (this.#source[this.#at] !== char) return false
    this.#at++
    return true
  }

  #next(problem = 'trailing backslash at end of expression'): string {
    const code = this.#source.codePointAt(this.#at)
    if (code === undefined) throw new PatternProblem(`${problem}: \`${this.#source}\``)
    const char = String.fromCodePoint(code)
    this.#at += char.length
    return char
  }
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0
}

function equals(char: string): CharTest {
  const wanted = codeOf(char)
  return code => code === wanted
}

function otherCase(code: number): number {
  const char = String.fromCodePoint(code)
  const other = char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()
  return codeOf(other)
}

function within(...ranges: readonly (readonly [number, number])[]): CharTest {
  return code => ranges.some(([low, high]) => code >= low && code <= high)
}

const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7 }

const digit = within([0x30, 0x39])
const lower = within([0x61, 0x7a])
const upper = within([0x41, 0x5a])
const space: CharTest = code => code === 32 || code === 12 || (code >= 9 && code <= 10) || code === 13

/** A word as `\w`, `\b` and the like mean it. */
export const isWord: CharTest = code => digit(code) || lower(code) || upper(code) || code === 0x5f

const CLASSES: Readonly<Record<string, CharTest>> = {
  d: digit,
  D: code => !digit(code),
  w: isWord,
  W: code => !isWord(code),
  s: space,
  S: code => !space(code),
}

const POSIX: Readonly<Record<string, CharTest>> = {
  alnum: code => digit(code) || lower(code) || upper(code),
  alpha: code => lower(code) || upper(code),
  digit,
  lower,
  upper,
  space,
  word: isWord,
}
