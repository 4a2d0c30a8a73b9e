import type { Acl } from '../acl/acl.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody, type Shape } from '../go/decode.ts'
import type { Call } from '../http/call.ts'
import { withWhoseNamespace } from '../http/namespaces.ts'

/** The tokens and policies. Throws `ConsulRefusedError` where there are none. */
export function aclOf({ acl }: ConsulState): Acl {
  if (acl) return acl
  throw new ConsulRefusedError(401, 'ACL support disabled')
}

/** The body as JSON of this shape, with refusals in the words of these endpoints. Rejects with `ConsulRefusedError`. */
export async function decodeAcl<T>(call: Call, shape: Shape, what: string): Promise<T> {
  const text = (await call.bytes()).toString()
  try {
    return decodeBody(text, shape) as T
  } catch (error) {
    if (!(error instanceof ConsulRefusedError)) throw error
    const problem = withWhoseNamespace(error.message.replace('Request decode failed: ', ''))
    throw new ConsulRefusedError(400, `Bad request: ${what} decoding failed: ${problem}`)
  }
}

/** What was asked for is not there. */
export function aclNotFound({ index }: ConsulState): ConsulRefusedError {
  const headers = { 'X-Consul-Index': String(index), 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' }
  return new ConsulRefusedError(403, 'ACL not found', headers)
}
