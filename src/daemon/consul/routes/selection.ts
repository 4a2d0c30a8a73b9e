import { once } from '../../once.ts'
import type { Call } from '../http/call.ts'
import type { Query } from '../http/query-cache.ts'
import { isSameName } from '../state/folded.ts'
import type { NodeRow, ServiceEntry } from '../state/rows.ts'
import { ConsulRefusedError } from '../errors.ts'

/** What of a search narrows what is answered; the rest says how. */
const NARROWING = ['filter', 'near', 'node-meta', 'passing', 'tag', 'ns', 'name', 'service', 'node', 'connect']

const narrowing = once((query: Query) =>
  NARROWING.flatMap(name => query.getAll(name).map(value => `${name}=${value}`)).join('\0'),
)

/** A text that is the same for the same answer: the path, and what of the search narrows it. */
export function keyOf(path: string, call: Call): string {
  return call.isPlain ? path : `${path}\0${narrowing(call.query)}`
}

/** Whether a node has all of `node-meta=key:value`. */
export function hasNodeMeta(call: Call): (node: NodeRow) => boolean {
  if (!call.has('node-meta')) return () => true
  const wanted = call.query.getAll('node-meta').map(pair => {
    const colon = pair.indexOf(':')
    return colon < 0 ? ([pair, ''] as const) : ([pair.slice(0, colon), pair.slice(colon + 1)] as const)
  })
  return ({ Meta }) => wanted.every(([key, value]) => Meta?.[key] === value)
}

/** Whether an instance has all of the tags asked for, whatever their case. */
export function hasTags(call: Call): (entry: ServiceEntry) => boolean {
  if (!call.has('tag')) return () => true
  const wanted = call.query.getAll('tag').map(tag => tag.toLowerCase())
  return ({ service }) => wanted.every(tag => service.Tags.some(own => own.toLowerCase() === tag))
}

/** Whether only what passes is asked for. Throws `ConsulRefusedError` for what is neither yes nor no. */
export function onlyPassing(call: Call): boolean {
  if (!call.has('passing')) return false
  const value = call.param('passing')
  if (['', '1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  throw new ConsulRefusedError(400, 'Invalid value for ?passing')
}

/** Whether every check of an instance and of its node passes. */
export function passes({ checks }: ServiceEntry): boolean {
  return checks.every(({ Status }) => Status === 'passing')
}

/** What is near first. Only this node knows where it is, so it comes first when anything is to be near it, and the rest stays as it is. */
export function byNearness<T>(
  call: Call,
  { ownNode, nodeOf }: { ownNode: string; nodeOf: (value: T) => string },
): (values: T[]) => T[] {
  const near = call.param('near')
  if (near !== '_agent' && !isSameName(near, ownNode)) return values => values
  const isOwn = (value: T) => isSameName(nodeOf(value), ownNode)
  return values => [...values.filter(isOwn), ...values.filter(value => !isOwn(value))]
}
