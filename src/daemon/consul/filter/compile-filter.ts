import { compilePattern } from '../pattern/compile-pattern.ts'
import type { Effort } from '../pattern/effort.ts'
import { FilterProblem } from './filter-problem.ts'
import { type Expression, type Match, type Operator, parseFilter } from './parse-filter.ts'
import type { FilterType } from './subjects.ts'

export { FilterProblem } from './filter-problem.ts'

/** Tells whether a value is as an expression says. Throws `PatternProblem` when its patterns take more steps than there are left. */
export type Predicate = (value: unknown, effort: Effort) => boolean

/** Makes a predicate of a filter expression about values of that type. Throws `FilterProblem` for one that makes no sense of them. */
export function compileFilter(text: string, type: FilterType): Predicate {
  return compile(parseFilter(text), type)
}

function compile(expression: Expression, type: FilterType): Predicate {
  if (expression.kind === 'match') return compilePath({ match: expression, depth: 0 }, type)
  if (expression.kind === 'not') {
    const operand = compile(expression.operand, type)
    return (value, effort) => !operand(value, effort)
  }
  const [left, right] = [compile(expression.left, type), compile(expression.right, type)]
  return expression.kind === 'and'
    ? (value, effort) => left(value, effort) && right(value, effort)
    : (value, effort) => left(value, effort) || right(value, effort)
}

/** How far a selector has been followed. */
interface Step {
  readonly match: Match
  readonly depth: number
}

/** Follows the selector into the type; of a list of objects any one counts. */
function compilePath({ match, depth }: Step, type: FilterType): Predicate {
  const name = match.selector[depth]
  if (name === undefined) return compileMatch(match, type)
  if (typeof type === 'object' && 'list' in type) {
    const each = compilePath({ match, depth }, type.list)
    return (value, effort) => Array.isArray(value) && value.some(one => each(one, effort))
  }
  const next = { match, depth: depth + 1 }
  if (typeof type === 'object' && 'fields' in type && Object.hasOwn(type.fields, name)) {
    const field = compilePath(next, type.fields[name] as FilterType)
    return (value, effort) => field((value as Record<string, unknown> | null | undefined)?.[name], effort)
  }
  if (typeof type === 'object' && 'map' in type) {
    const entry = compilePath(next, type.map)
    const whereMissing = match.operator !== 'Equal' && match.operator !== 'In'
    return (value, effort) => {
      const map = value as Record<string, unknown> | null | undefined
      return map && Object.hasOwn(map, name) ? entry(map[name], effort) : whereMissing
    }
  }
  const known = match.selector.slice(0, next.depth)
  throw new FilterProblem(`Selector "${known.join('.')}" is not valid`)
}

function compileMatch(match: Match, type: FilterType): Predicate {
  const { operator } = match
  const isNegative = operator.startsWith('Not ') || operator === 'Is Not Empty'
  const positive = compilePositive(match, type)
  if (!positive)
    throw new FilterProblem(`Invalid match operator "${operator}" for selector "${match.selector.join('.')}"`)
  return isNegative ? (value, effort) => !positive(value, effort) : positive
}

function compilePositive(match: Match, type: FilterType): Predicate | undefined {
  const operator = match.operator.replace('Not ', '') as Exclude<Operator, `${string}Not ${string}`>
  if (typeof type === 'string') return compileScalar(match, { operator, type })
  const isTexts = 'map' in type || ('list' in type && type.list === 'string')
  if (operator === 'Is Empty' && !('fields' in type)) return isEmpty
  if (operator !== 'In' || !isTexts) return undefined
  const { value: wanted } = match
  if ('map' in type) return value => typeof value === 'object' && value !== null && Object.hasOwn(value, wanted)
  return value => Array.isArray(value) && value.includes(wanted)
}

function compileScalar(
  match: Match,
  { operator, type }: { operator: Operator; type: 'string' | 'int' | 'bool' },
): Predicate | undefined {
  if (operator === 'Equal') {
    const wanted = coerced(match, type)
    return value => (value ?? ZERO[type]) === wanted
  }
  if (type !== 'string') return undefined
  if (operator === 'In') return value => typeof value === 'string' && value.includes(match.value)
  if (operator !== 'Matches') return undefined
  const pattern = patternOf(match.value)
  return (value, effort) => typeof value === 'string' && pattern(value, effort)
}

const ZERO = { string: '', int: 0, bool: false } as const

function coerced(match: Match, type: 'string' | 'int' | 'bool'): string | number | boolean {
  const { value } = match
  if (type === 'string') return value
  if (type === 'int') {
    if (/^[+-]?\d+$/.test(value)) return Number(value)
    throw uncoercible(match, 'ParseInt')
  }
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  throw uncoercible(match, 'ParseBool')
}

function uncoercible({ value, selector }: Match, parser: string): FilterProblem {
  const cause = `strconv.${parser}: parsing ${JSON.stringify(value)}: invalid syntax`
  return new FilterProblem(
    `Failed to coerce value ${JSON.stringify(value)} for selector "${selector.join('.')}": ${cause}`,
  )
}

function patternOf(source: string): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(source)
  } catch (error) {
    const message = `error parsing regexp: ${(error as Error).message}`
    throw new FilterProblem(`Failed to compile regular expression ${JSON.stringify(source)}: ${message}`)
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === null || value === undefined || Object.keys(value).length === 0
}
