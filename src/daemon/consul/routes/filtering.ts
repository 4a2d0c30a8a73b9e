import { compileFilter, FilterProblem } from '../filter/compile-filter.ts'
import { type FilterSubject, SUBJECTS } from '../filter/subjects.ts'
import type { Call } from '../http/call.ts'
import { ConsulRefusedError } from '../errors.ts'
import { unanswerable } from '../live/query-options.ts'

/** What `?filter=` says of something of that kind; everything if there is none. Throws `ConsulRefusedError` for one that makes no sense. */
export function filterOf(call: Call, subject: FilterSubject): (value: object) => boolean {
  return compiled(call, subject, unanswerable)
}

/** The same for what the agent knows, of which Consul tells no index, not even with a refusal. */
export function agentFilterOf(call: Call, subject: FilterSubject): (value: object) => boolean {
  return compiled(call, subject, message => new ConsulRefusedError(500, message))
}

function compiled(
  call: Call,
  subject: FilterSubject,
  refusal: (message: string) => ConsulRefusedError,
): (value: object) => boolean {
  const expression = call.param('filter')
  if (expression === '') return () => true
  try {
    return compileFilter(expression, SUBJECTS[subject])
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error
    throw refusal(`Failed to create boolean expression evaluator: ${error.message}`)
  }
}
