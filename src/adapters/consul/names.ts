import { createHash } from 'node:crypto'
import { validateServiceName } from '../../discovery/create-instance.ts'
import type { InstanceKey } from '../../discovery/engine/engine.ts'

/** Begins the name of a service in Consul that cannot be its own: what follows is that in hexadecimal UTF-8. */
const ESCAPE = '='

/** Names as Consul takes them for an id, which it compares without regard to case: readable ones stay as they are. */
const READABLE = /^[a-z0-9][a-z0-9.-]{0,127}$/

/**
 * The name in Consul of a service: its own, whatever its characters, but for `.` and `..`, which would be taken for folders of the URL,
 * and what begins with the mark of those.
 */
export function consulName(serviceName: string): string {
  const isPlain = serviceName !== '.' && serviceName !== '..' && !serviceName.startsWith(ESCAPE)
  return isPlain ? serviceName : ESCAPE + Buffer.from(serviceName).toString('hex')
}

/** The service that has this name in Consul; undefined if Ropewalk has no such names: somebody else gave it. */
export function serviceNameOf(name: string): string | undefined {
  const escaped = /^=((?:[0-9a-f]{2})+)$/.exec(name)?.[1]
  const serviceName = escaped === undefined ? name : Buffer.from(escaped, 'hex').toString()
  try {
    validateServiceName(serviceName)
    return serviceName
  } catch {
    return undefined
  }
}

/**
 * The id in Consul of an Instance, unique within an agent: `users:users-1` where both are readable, else a hash of both, for Consul takes
 * `A` and `a` for the same.
 */
export function consulId({ serviceName, id }: InstanceKey): string {
  if (READABLE.test(serviceName) && READABLE.test(id)) return `${serviceName}:${id}`
  const hash = createHash('sha256').update(`${serviceName}\0${id}`).digest('hex')
  return `~${hash.slice(0, 40)}`
}
