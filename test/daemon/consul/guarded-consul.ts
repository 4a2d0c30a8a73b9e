import type { TestContext } from 'node:test'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { request, serveConsul } from './consul-server.ts'

const token = (name: string, more: object) => ({ name, hash: tokenHash(name), ...more })

const RULES = {
  anonymous: { services: { 'public*': 'read' } },
  tokens: [
    token('nobody', {}),
    token('web', {
      services: { 'web*': 'register' },
      kv: { 'web/*': 'write', 'web/secret': 'none' },
      sessions: { n0: 'write' },
    }),
    token('reader', { services: { '*': 'read' }, kv: { '*': 'read' }, sessions: { '*': 'read' } }),
    token('most', { services: { '*': 'read', 'pay*': 'none' } }),
    token('operator', { services: { '*': 'administer' }, kv: { '*': 'write' }, sessions: { '*': 'write' } }),
  ],
}

/** The Consul API with rules, to be asked by the names of their tokens. */
export async function guardedConsul(t: TestContext, init: { dataPath?: string } = {}) {
  const access = new RulesAccess(readAccessRules(JSON.stringify(RULES), 'rules.json'))
  const served = await serveConsul(t, { ...init, access })
  const ask = async (who: string, target: string, body?: unknown) => {
    const [method = '', path = ''] = target.split(' ')
    const headers: Record<string, string> = who === '' ? {} : { 'x-consul-token': who }
    return request(served.url + path, { method, headers, ...(body !== undefined && { body }) })
  }
  const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).status
  return { ...served, ask, status }
}
