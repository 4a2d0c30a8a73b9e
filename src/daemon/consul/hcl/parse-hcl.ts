/** A configuration file cannot be read; the message says where and why. */
export class HclProblem extends Error {}

/** A value of a configuration. */
export type HclValue = string | number | boolean | null | HclValue[] | HclObject

/** Values by name. A name that is given several times, as blocks are, has a list. */
export interface HclObject {
  [name: string]: HclValue
}

const DEPTH_MAX = 50

/**
 * Reads HCL 1, as far as configurations of Consul use it: `name = value`, blocks `name { … }` and `name "label" { … }`, lists, objects, numbers,
 * truth values, texts with escapes, heredocs, and comments. JSON is read too. Throws `HclProblem`.
 */
export function parseHcl(text: string): HclObject {
  return new HclParser(text).file()
}

class HclParser {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  file(): HclObject {
    const isJson = this.#next() === '{'
    const value = isJson ? this.#object() : this.#body(undefined)
    if (this.#next() !== undefined) throw this.#problem('expected the end')
    return value
  }

  #object(): HclObject {
    this.#at++
    return this.#body('}')
  }

  #body(end: '}' | undefined): HclObject {
    if (++this.#depth > DEPTH_MAX) throw this.#problem(`nested more than ${DEPTH_MAX} deep`)
    const result: HclObject = Object.create(null) as HclObject
    for (let next = this.#next(); next !== end; next = this.#next()) {
      if (next === undefined) throw this.#problem('expected }')
      this.#member(result)
      if (this.#next() === ',') this.#at++
    }
    if (end) this.#at++
    this.#depth--
    return result
  }

  #member(result: HclObject): void {
    const name = this.#name()
    const next = this.#next()
    if (next === '=' || next === ':') {
      this.#at++
      add(result, name, this.#value())
    } else if (next === '{') add(result, name, this.#object())
    else add(result, name, { [this.#name()]: this.#labelled() })
  }

  /** What follows the label of a block. */
  #labelled(): HclValue {
    if (this.#next() !== '{') throw this.#problem('expected = or {')
    return this.#object()
  }

  #name(): string {
    if (this.#next() === '"') return this.#string()
    const name = this.#match(/[A-Za-z_][\w.-]*/y)
    if (name === undefined) throw this.#problem('expected a name')
    return name
  }

  #value(): HclValue {
    const next = this.#next()
    if (next === '"') return this.#string()
    if (next === '{') return this.#object()
    if (next === '[') return this.#list()
    if (next === '<') return this.#heredoc()
    const word = this.#match(/true|false|null/y)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    const number = this.#match(/-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y)
    if (number === undefined) throw this.#problem('expected a value')
    return Number(number)
  }

  #list(): HclValue[] {
    this.#at++
    if (++this.#depth > DEPTH_MAX) throw this.#problem(`nested more than ${DEPTH_MAX} deep`)
    const values: HclValue[] = []
    while (this.#next() !== ']') {
      values.push(this.#value())
      const next = this.#next()
      if (next === ',') this.#at++
      else if (next !== ']') throw this.#problem('expected , or ]')
    }
    this.#at++
    this.#depth--
    return values
  }

  #string(): string {
    const found = this.#match(/"(?:[^"\\\n]|\\.)*"/y)
    if (found === undefined) throw this.#problem('expected the end of the text')
    try {
      return JSON.parse(found.replaceAll('\t', '\\t')) as string
    } catch {
      throw this.#problem('an escape in a text is not one')
    }
  }

  /** `<<END` to a line with nothing but `END`; `<<-END` takes away what all lines are indented by. */
  #heredoc(): string {
    const [, dash = '', word = ''] = /^<<(-?)(\w+)\r?\n/.exec(this.#text.slice(this.#at, this.#at + 200)) ?? []
    if (word === '') throw this.#problem('expected a heredoc')
    const start = this.#text.indexOf('\n', this.#at) + 1
    const end = new RegExp(`^[ \\t]*${word}[ \\t]*$`, 'm').exec(this.#text.slice(start))
    if (!end) throw this.#problem(`expected ${word} on a line of its own`)
    this.#at = start + end.index + end[0].length
    const body = this.#text.slice(start, start + end.index)
    return dash === '' ? body : outdented(body)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  /** The next character that is neither space nor comment. */
  #next(): string | undefined {
    this.#match(/(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)*/y)
    return this.#text[this.#at]
  }

  #problem(what: string): HclProblem {
    const lines = this.#text.slice(0, this.#at).split('\n')
    return new HclProblem(`At ${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: ${what}`)
  }
}

function add(result: HclObject, name: string, value: HclValue): void {
  const before = result[name]
  if (before === undefined) result[name] = value
  // Into the list that is there: a copy for each would take a day for a file that says one name over and over.
  else if (Array.isArray(before)) before.push(value)
  else result[name] = [before, value]
}

function outdented(body: string): string {
  const indents = body.split('\n').flatMap(line => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]))
  const least = Math.min(...indents)
  return body
    .split('\n')
    .map(line => line.slice(least))
    .join('\n')
}
