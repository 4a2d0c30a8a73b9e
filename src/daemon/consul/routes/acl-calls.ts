import type { Acl } from '../acl/acl.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { decodeBody, type Shape } from '../go/decode.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { withWhoseNamespace } from '../http/namespaces.ts'
import { topicQuestion } from './questions.ts'

/** How policies and roles are linked in a body. */
export const LINKS: Shape = { list: { fields: { ID: 'string', Name: 'string' } } }

/** What a token and a role have besides. */
export const IDENTITIES = {
  ServiceIdentities: { list: { fields: { ServiceName: 'string', Datacenters: { list: 'string' } } } },
  NodeIdentities: { list: { fields: { NodeName: 'string', Datacenter: 'string' } } },
} as const

/** The tokens, roles and policies. Throws `ConsulRefusedError` where there are none. */
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

/** What the path names. Throws `ConsulRefusedError` where it names nothing. */
export function restOf({ rest }: Call, what: 'policy ID' | 'policy Name' | 'role ID' | 'role Name'): string {
  if (rest !== '') return rest
  throw new ConsulRefusedError(400, `Bad request: Missing ${what}`)
}

/** Answers who reads tokens, roles or policies, now or when they are others. `make` is as for `topicQuestion`. */
export function readAcl(
  { topics, reader }: ConsulState,
  call: Call,
  { key, make }: { key: string; make: () => string },
): Answer | Promise<Answer> {
  const question = () => topicQuestion(topics, ['acl'], make)
  return reader.read(call, { key: `acl/${key}`, question, tellsConsistency: false })
}

/** What was asked for is not there. */
export function aclNotFound({ index }: ConsulState): ConsulRefusedError {
  const headers = { 'X-Consul-Index': String(index), 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' }
  return new ConsulRefusedError(403, 'ACL not found', headers)
}
