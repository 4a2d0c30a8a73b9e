import type { Effort } from './effort.ts'
import { type CharTest, isWord, parsePattern, type PatternNode, PatternProblem } from './parse-pattern.ts'

/** A program may have so many steps: `(a{1000}){1000}` is refused. */
const STEPS_MAX = 5_000

/** One step of a program, with the steps that may follow. */
type Step =
  | { readonly kind: 'char'; readonly test: CharTest; readonly next: number }
  | { readonly kind: 'assert'; readonly at: Assertion; readonly next: number }
  | { kind: 'split'; next: number; other: number }
  | { readonly kind: 'done' }

type Assertion = Extract<PatternNode, { kind: 'assert' }>['at']

/**
 * A test for a regular expression that is found anywhere in a text. It follows all possibilities at once (Thompson's construction), so it takes
 * at most the length of the text times that of the pattern: patterns come from clients, and a backtracking engine could be made to
 * take for ever. That product is counted, for a long pattern on many texts is too much as well: the test throws `PatternProblem` when `effort` is
 * spent. Throws `PatternProblem` for a pattern that cannot be read.
 * @see Russ Cox, "Regular Expression Matching Can Be Simple And Fast", 2007
 */
export function compilePattern(source: string): (text: string, effort: Effort) => boolean {
  const builder = new Builder()
  const start = builder.build(parsePattern(source), builder.add({ kind: 'done' }))
  const { steps } = builder
  const [here, next] = [new Reached(steps.length), new Reached(steps.length)]
  return (text, effort) => isFound(steps, { start, text, effort, here, next })
}

class Builder {
  readonly steps: Step[] = []

  add(step: Step): number {
    if (this.steps.length >= STEPS_MAX) throw new PatternProblem('expression is too large')
    return this.steps.push(step) - 1
  }

  /** Adds the steps of `node`, before the step `next`. Returns the first of them. */
  build(node: PatternNode, next: number): number {
    if (node.kind === 'empty') return next
    if (node.kind === 'char' || node.kind === 'assert') return this.add({ ...node, next })
    if (node.kind === 'repeat') return this.#repeat(node, next)
    if (node.kind === 'sequence') return node.nodes.reduceRight((after, part) => this.build(part, after), next)
    return node.nodes
      .map(part => this.build(part, next))
      .reduceRight((other, one) => this.add({ kind: 'split', next: one, other }))
  }

  #repeat({ node, min, max }: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
    let start = next
    if (max === Infinity) {
      const loop: Step = { kind: 'split', next: 0, other: next }
      start = this.add(loop)
      loop.next = this.build(node, start)
    } else {
      for (let count = min; count < max; count++) {
        start = this.add({ kind: 'split', next: this.build(node, start), other: next })
      }
    }
    for (let count = 0; count < min; count++) start = this.build(node, start)
    return start
  }
}

/** The steps reached at one place of a text, each once. What it uses is made once, for it is used for every character. */
class Reached {
  readonly list: Int32Array
  count = 0
  readonly #round: Float64Array
  #now = 0

  constructor(steps: number) {
    this.list = new Int32Array(steps)
    this.#round = new Float64Array(steps)
  }

  clear(): void {
    this.count = 0
    this.#now++
  }

  add(step: number): boolean {
    if (this.#round[step] === this.#now) return false
    this.#round[step] = this.#now
    this.list[this.count++] = step
    return true
  }
}

interface Search {
  readonly start: number
  readonly text: string
  readonly effort: Effort
  readonly here: Reached
  readonly next: Reached
}

function isFound(steps: readonly Step[], { start, text, effort, ...rooms }: Search): boolean {
  const codes = Array.from(text, char => char.codePointAt(0) ?? 0)
  let { here, next } = rooms
  here.clear()
  for (let at = 0; at <= codes.length; at++) {
    here.add(start)
    next.clear()
    // What is reached without a character is appended to what is gone through.
    for (let index = 0; index < here.count; index++) {
      const step = steps[here.list[index] as number] as Step
      if (step.kind === 'done') return true
      if (step.kind === 'split') {
        here.add(step.next)
        here.add(step.other)
      } else if (step.kind === 'assert') {
        if (holds(step.at, { codes, at })) here.add(step.next)
      } else if (at < codes.length && step.test(codes[at] as number)) next.add(step.next)
    }
    effort.spend(here.count)
    ;[here, next] = [next, here]
  }
  return false
}

function holds(assertion: Assertion, { codes, at }: { codes: readonly number[]; at: number }): boolean {
  if (assertion === 'start') return at === 0
  if (assertion === 'end') return at === codes.length
  const isBoundary = isWordAt(codes, at - 1) !== isWordAt(codes, at)
  return assertion === 'boundary' ? isBoundary : !isBoundary
}

function isWordAt(codes: readonly number[], at: number): boolean {
  const code = codes[at]
  return code !== undefined && isWord(code)
}
