import { compileFilter, FilterProblem } from '../filter/compile-filter.ts'
import { type FilterSubject, SUBJECTS } from '../filter/subjects.ts'
import type { Call } from '../http/call.ts'
import { ConsulRefusedError } from '../errors.ts'
import { unanswerable } from '../live/query-options.ts'
import { Effort } from '../pattern/effort.ts'
import { PatternProblem } from '../pattern/parse-pattern.ts'

/** Begins an evaluation: what it returns tells of each value whether it is wanted. Throws `ConsulRefusedError` when that takes too long. */
export type Filter = () => (value: object) => boolean

/** What `?filter=` says of something of that kind; everything if there is none. Throws `ConsulRefusedError` for one that makes no sense. */
export function filterOf(call: Call, subject: FilterSubject): Filter {
  return compiled(call, subject, unanswerable)
}

/** The same for what the agent knows, of which Consul tells no index, not even with a refusal. */
export function agentFilterOf(call: Call, subject: FilterSubject): Filter {
  return compiled(call, subject, message => new ConsulRefusedError(500, message))
}

function compiled(call: Call, subject: FilterSubject, refusal: (message: string) => ConsulRefusedError): Filter {
  const expression = call.param('filter')
  if (expression === '') return () => () => true
  const matches = attempt(
    () => compileFilter(expression, SUBJECTS[subject]),
    message => refusal(`Failed to create boolean expression evaluator: ${message}`),
  )
  const tooLong = (message: string) =>
    refusal(`Failed to evaluate the boolean expression: a regular expression ${message}`)
  return () => {
    const effort = new Effort()
    return value => attempt(() => matches(value, effort), tooLong)
  }
}

function attempt<T>(action: () => T, refusal: (message: string) => ConsulRefusedError): T {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof FilterProblem || error instanceof PatternProblem)) throw error
    throw refusal(error.message)
  }
}
