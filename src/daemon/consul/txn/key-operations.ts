import { type KvRow, kvJson } from '../kv/kv-row.ts'
import type { KvStore, KvWrite } from '../kv/kv-store.ts'
import { sessionIdProblem, type Sessions } from '../sessions/sessions.ts'
import { OperationProblem } from './operation-problem.ts'

/** One operation on a key. `Index` and `Flags` may be larger than a double holds. */
export interface KvOperation {
  readonly Verb?: string
  readonly Key?: string
  /** Base64. */
  readonly Value?: string
  readonly Flags?: number | bigint
  readonly Index?: number | bigint
  readonly Session?: string
}

type Operate = (operation: Required<KvOperation>, context: KeyContext) => readonly string[]

/** What operations on keys work on. */
export interface KeyContext {
  readonly kv: KvStore
  readonly sessions: Sessions
  /** Whether the value of a key may be told. Default: of each. */
  readonly sees?: (key: string) => boolean
}

/** Whether an operation would change anything. */
export function isKeyWrite({ Verb = '' }: KvOperation): boolean {
  return WRITING.has(Verb)
}

const WRITING = new Set(['set', 'delete', 'delete-cas', 'delete-tree', 'cas', 'lock', 'unlock'])

/** Whether an operation names no key that needs one. */
export function lacksKey({ Verb = '', Key = '' }: KvOperation): boolean {
  return Key === '' && Verb !== 'delete-tree'
}

/** Does one operation, and gives the JSON of the keys it read or wrote. Throws `OperationProblem`, `ConsulRefusedError`. */
export function operateOnKey(operation: KvOperation, context: KeyContext): readonly string[] {
  const { Verb = '', Key = '', Value = '', Flags = 0, Index = 0, Session = '' } = operation
  const verb = Object.hasOwn(VERBS, Verb) ? VERBS[Verb] : undefined
  if (!verb) throw new OperationProblem(`unknown KV verb ${JSON.stringify(Verb)}`)
  return verb({ Verb, Key, Value, Flags, Index, Session }, context)
}

const VERBS: Readonly<Record<string, Operate>> = {
  set: (operation, { kv }) => [fact(kv.set(writeOf(operation)))],
  cas(operation, { kv }) {
    const { Key, Index } = operation
    const row = kv.get(Key)
    if (Number(Index) === 0 ? row : row?.ModifyIndex !== Number(Index))
      throw new OperationProblem(`failed to set key ${JSON.stringify(Key)}, index is stale`)
    return [fact(kv.set(writeOf(operation)))]
  },
  lock(operation, { kv, sessions }) {
    requireSession(sessions, operation.Session)
    const row = kv.lock(writeOf(operation), operation.Session)
    if (!row) throw new OperationProblem(`failed to lock key ${JSON.stringify(operation.Key)}, lock is already held`)
    return [fact(row)]
  },
  unlock(operation, { kv }) {
    if (operation.Session === '') throw new OperationProblem('missing session')
    const row = kv.unlock(writeOf(operation), operation.Session)
    const reason = "lock isn't held, or is held by another session"
    if (!row) throw new OperationProblem(`failed to unlock key ${JSON.stringify(operation.Key)}, ${reason}`)
    return [fact(row)]
  },
  get({ Key }, { kv, sees = () => true }) {
    const row = required(kv.get(Key), `key ${JSON.stringify(Key)} doesn't exist`)
    return sees(Key) ? [kvJson(row)] : []
  },
  'get-tree': ({ Key }, { kv, sees = () => true }) =>
    [...kv.startingWith(Key)].filter(row => sees(row.Key)).map(row => kvJson(row)),
  'check-index'({ Key, Index }, { kv }) {
    const row = required(kv.get(Key), `failed to check index, key ${JSON.stringify(Key)} doesn't exist`)
    if (row.ModifyIndex === Number(Index)) return [fact(row)]
    const found = `current modify index ${row.ModifyIndex} != ${Index}`
    throw new OperationProblem(`failed index check for key ${JSON.stringify(Key)}, ${found}`)
  },
  'check-session'({ Key, Session }, { kv }) {
    const row = required(kv.get(Key), `failed to check session, key ${JSON.stringify(Key)} doesn't exist`)
    if (row.Session === Session) return [fact(row)]
    const found = `current session ${JSON.stringify(row.Session)} != ${JSON.stringify(Session)}`
    throw new OperationProblem(`failed session check for key ${JSON.stringify(Key)}, ${found}`)
  },
  'check-not-exists'({ Key }, { kv }) {
    if (kv.get(Key)) throw new OperationProblem(`key ${JSON.stringify(Key)} exists`)
    return []
  },
  delete({ Key }, { kv }) {
    kv.delete(Key)
    return []
  },
  'delete-tree'({ Key }, { kv }) {
    kv.deleteTree(Key)
    return []
  },
  'delete-cas'({ Key, Index }, { kv }) {
    const row = kv.get(Key)
    if (row && row.ModifyIndex !== Number(Index))
      throw new OperationProblem(`failed to delete key ${JSON.stringify(Key)}, index is stale`)
    kv.delete(Key)
    return []
  },
}

function required(row: KvRow | undefined, problem: string): KvRow {
  if (!row) throw new OperationProblem(problem)
  return row
}

function requireSession(sessions: Sessions, session: string): void {
  if (session === '') throw new OperationProblem('missing session')
  const problem = sessionIdProblem(session)
  if (problem) throw new OperationProblem(problem)
  if (!sessions.get(session)) throw new OperationProblem(`invalid session ${JSON.stringify(session)}`)
}

function writeOf({ Key, Value, Flags }: Required<KvOperation>): KvWrite {
  return { key: Key, value: Value, flags: String(Flags) }
}

/** A key without its value. */
function fact(row: KvRow): string {
  return kvJson(row, { value: false })
}
