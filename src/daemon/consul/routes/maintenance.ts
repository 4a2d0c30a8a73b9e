import { ConsulRefusedError } from '../errors.ts'
import type { Call } from '../http/call.ts'

/** What `?enable=` says. Throws `ConsulRefusedError` if it says nothing, or nothing clear. */
export function enableOf(call: Call): boolean {
  const value = call.param('enable')
  if (!call.has('enable')) throw new ConsulRefusedError(400, 'Missing value for enable')
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)) return false
  throw new ConsulRefusedError(400, `Invalid value for enable: ${JSON.stringify(value)}`)
}
