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
 * take for ever. Throws `PatternProblem`.
 * @see Russ Cox, "Regular Expression Matching Can Be Simple And Fast", 2007
 */
export function compilePattern(source: string): (text: string) => boolean {
  const builder = new Builder()
  const start = builder.build(parsePattern(source), builder.add({ kind: 'done' }))
  return text => isFound(builder.steps, { start, text })
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

function isFound(steps: readonly Step[], { start, text }: { start: number; text: string }): boolean {
  const codes = Array.from(text, char => char.codePointAt(0) ?? 0)
  let states = new Set<number>()
  for (let at = 0; at <= codes.length; at++) {
    const reached = new Set<number>()
    for (const state of states) reach(steps, { state, codes, at, reached })
    reach(steps, { state: start, codes, at, reached })
    states = new Set()
    for (const state of reached) {
      const step = steps[state] as Step
      if (step.kind === 'done') return true
      if (step.kind === 'char' && at < codes.length && step.test(codes[at] as number)) states.add(step.next)
    }
  }
  return false
}

interface Reach {
  readonly state: number
  readonly codes: readonly number[]
  readonly at: number
  readonly reached: Set<number>
}

/** Adds everything that can be reached from `state` without a character. */
function reach(steps: readonly Step[], { state, codes, at, reached }: Reach): void {
  const open = [state]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    const step = steps[next] as Step
    if (step.kind === 'split') open.push(step.other, step.next)
    else if (step.kind === 'assert' && holds(step.at, { codes, at })) open.push(step.next)
  }
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
