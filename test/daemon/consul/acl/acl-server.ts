import type { TestContext } from 'node:test'
import { AclAccess, type AclOptions } from '../../../../src/daemon/consul/acl/acl-access.ts'
import { type ConsulServerInit, request, serveConsul } from '../consul-server.ts'

/** The token by which everything is allowed. */
export const MASTER = '11111111-1111-1111-1111-111111111111'

/** The Consul API with tokens, to be asked by what they are. */
export async function serveAcl(t: TestContext, options: AclOptions = {}, more: ConsulServerInit = {}) {
  const access = new AclAccess({ master: MASTER, ...options })
  const served = await serveConsul(t, { ...more, access, acl: access })
  const ask = (token: string, target: string, body?: unknown) => {
    const [method = '', path = ''] = target.split(' ')
    const headers: Record<string, string> = token === '' ? {} : { 'x-consul-token': token }
    return request(served.url + path, { method, headers, ...(body !== undefined && { body }) })
  }
  /** Makes a token with those rules, and says its secret. */
  const tokenWith = async (Rules: string, fields: object = {}): Promise<{ secret: string; accessor: string }> => {
    const Name = `p${Math.trunc(served.store.rosters.stamp())}`
    await ask(MASTER, 'PUT /v1/acl/policy', { Name, Rules })
    const { body } = await ask(MASTER, 'PUT /v1/acl/token', { Policies: [{ Name }], ...fields })
    return { secret: body.SecretID, accessor: body.AccessorID }
  }
  return { ...served, access, ask, tokenWith }
}
