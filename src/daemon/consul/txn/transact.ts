import { ConsulRefusedError } from '../errors.ts'
import type { Catalog } from '../state/catalog.ts'
import type { Stamps } from '../state/stamps.ts'
import type { StateJournal } from '../state/state-journal.ts'
import { type CatalogOperation, operateOnCatalog, problemBefore } from './catalog-operations.ts'
import { isKeyWrite, type KeyContext, type KvOperation, lacksKey, operateOnKey } from './key-operations.ts'
import { OperationProblem } from './operation-problem.ts'

/** One operation of a transaction. */
export type Operation = { readonly kind: 'KV'; readonly key: KvOperation } | CatalogOperation

/** What became of a transaction. */
export interface Outcome {
  /** JSON of what it read and wrote, in order. */
  readonly results: readonly string[]
  readonly errors: readonly { readonly OpIndex: number; readonly What: string }[]
}

/** What a transaction works on. */
export interface TransactionContext extends KeyContext {
  readonly catalog: Catalog
  readonly journal: StateJournal
  readonly stamps: Stamps
  readonly datacenter: string
}

/** Whether an operation would change anything. */
export function isWrite(operation: Operation): boolean {
  return operation.kind === 'KV' ? isKeyWrite(operation.key) : operation.verb !== 'get'
}

/** Whether an operation may make anything larger. */
export function isAddition(operation: Operation): boolean {
  const verb = operation.kind === 'KV' ? operation.key.Verb : operation.verb
  return isWrite(operation) && !/^(?:delete|unlock)/.test(verb ?? '')
}

/** Does all of the operations, in order, or none, at one index. All that is wrong is told, not only the first. */
export function transact(operations: readonly Operation[], context: TransactionContext): Outcome {
  const malformed = [...operations.entries()].flatMap(([OpIndex, operation]) => {
    const What =
      operation.kind === 'KV' ? (lacksKey(operation.key) ? 'Must provide key' : undefined) : problemBefore(operation)
    return What === undefined ? [] : [{ OpIndex, What }]
  })
  if (malformed.length > 0) return { results: [], errors: malformed }
  const results: string[] = []
  const errors: { OpIndex: number; What: string }[] = []
  context.journal.attempt(() =>
    context.stamps.together(() => {
      for (const [OpIndex, operation] of operations.entries()) {
        try {
          results.push(...operate(operation, context))
        } catch (error) {
          if (!(error instanceof OperationProblem || error instanceof ConsulRefusedError)) throw error
          errors.push({ OpIndex, What: error.message })
        }
      }
      return errors.length === 0
    }),
  )
  return errors.length > 0 ? { results: [], errors } : { results, errors }
}

function operate(operation: Operation, context: TransactionContext): readonly string[] {
  if (operation.kind !== 'KV') return operateOnCatalog(operation, context.catalog, context.datacenter)
  return operateOnKey(operation.key, context).map(row => `{"KV":${row}}`)
}
