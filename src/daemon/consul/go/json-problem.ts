/**
 * What Go's decoder says of a text that is not JSON: `EOF` of an empty one, `unexpected EOF` of one that ends too early, otherwise which
 * character is where it cannot be. Clients of Consul show it to people, and some tests compare it.
 */
export function jsonProblem(text: string): string {
  if (text.trim() === '') return 'EOF'
  const scan = new Scan(text)
  try {
    scan.value()
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
  return 'unexpected EOF'
}

/** The first JSON value of a text, without what follows it: Go's decoder reads no further. Undefined where there is none. */
export function firstJson(text: string): string | undefined {
  const scan = new Scan(text)
  try {
    scan.value()
    return text.slice(0, scan.end)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

class Problem extends Error {}

const ESCAPES = '"\\/bfnrt'
const DEPTH_MAX = 1_000

class Scan {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** How far it has read. */
  get end(): number {
    return this.#at
  }

  value(context = 'looking for beginning of value'): void {
    const char = this.#peek()
    if (char === '{') this.#object()
    else if (char === '[') this.#array()
    else if (char === '"') this.#string()
    else if (char === '-' || isDigit(char)) this.#number()
    else if (char === 't') this.#literal('true')
    else if (char === 'f') this.#literal('false')
    else if (char === 'n') this.#literal('null')
    else this.#refuse(context)
  }

  #object(): void {
    this.#enter()
    if (this.#peek() === '}') return this.#leave()
    for (;;) {
      if (this.#peek() !== '"') this.#refuse('looking for beginning of object key string')
      this.#string()
      if (this.#peek() !== ':') this.#refuse('after object key')
      this.#at++
      this.value()
      const next = this.#peek()
      if (next === '}') return this.#leave()
      if (next !== ',') this.#refuse('after object key:value pair')
      this.#at++
    }
  }

  #array(): void {
    this.#enter()
    if (this.#peek() === ']') return this.#leave()
    for (;;) {
      this.value()
      const next = this.#peek()
      if (next === ']') return this.#leave()
      if (next !== ',') this.#refuse('after array element')
      this.#at++
    }
  }

  #enter(): void {
    this.#at++
    if (++this.#depth > DEPTH_MAX) throw new Problem('exceeded max depth')
  }

  #leave(): void {
    this.#at++
    this.#depth--
  }

  #string(): void {
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string
      if (char === '"') {
        this.#at++
        return
      }
      if (char < ' ') this.#refuse('in string literal')
      if (char === '\\') this.#escape()
    }
    throw new Problem('unexpected EOF')
  }

  #escape(): void {
    const char = this.#text[++this.#at]
    if (char === 'u') {
      for (let digits = 0; digits < 4; digits++) {
        const digit = this.#text[++this.#at]
        if (digit === undefined || !/[0-9a-f]/i.test(digit)) this.#refuse('in \\u hexadecimal character escape')
      }
    } else if (char === undefined || !ESCAPES.includes(char)) this.#refuse('in string escape code')
  }

  #number(): void {
    const rest = /-?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d+)?/y
    rest.lastIndex = this.#at
    const [found = ''] = rest.exec(this.#text) ?? []
    this.#at += found.length
    if (found === '-') this.#refuse('in numeric literal')
  }

  #literal(word: string): void {
    for (let index = 0; index < word.length; index++, this.#at++) {
      if (this.#text[this.#at] !== word[index])
        this.#refuse(`in literal ${word} (expecting ${quoted(word[index] ?? '')})`)
    }
  }

  #peek(): string | undefined {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '?')) this.#at++
    return this.#text[this.#at]
  }

  #refuse(context: string): never {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) throw new Problem('unexpected EOF')
    throw new Problem(`invalid character ${quoted(String.fromCodePoint(code))} ${context}`)
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9'
}

function quoted(char: string): string {
  if (char === "'") return String.raw`'\''`
  return char === '\n' ? String.raw`'\n'` : `'${char}'`
}
