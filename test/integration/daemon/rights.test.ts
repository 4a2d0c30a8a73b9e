import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { endpoints } from '../../../tools/consul-api/document.ts'
import type { Json } from '../../daemon/consul/consul-server.ts'
import { guardedConsul } from '../../daemon/consul/guarded-consul.ts'

/** What stands in everything that is there, and in nothing that is asked. */
const INSIDE = 'inner-7d1e'
const VALUE = Buffer.from(INSIDE).toString('base64')

/** What everything is called. */
const NAME = 'hidden-9f2c'

type Guarded = Awaited<ReturnType<typeof guardedConsul>>

const SERVICE = { Name: NAME, ID: `${NAME}-1`, Meta: { m: INSIDE }, Tags: [INSIDE] }
const CATALOG = { Node: NAME, Address: '10.1.1.1', Service: { Service: `${NAME}-db`, Meta: { m: INSIDE } } }
const CHECK = { Name: INSIDE, ID: `${NAME}-check`, Notes: INSIDE, ServiceID: SERVICE.ID, TTL: '10m', Status: 'passing' }
const QUERY = { Name: NAME, Service: { Service: NAME, Tags: [INSIDE] } }
const set = [{ KV: { Verb: 'set', Key: `${NAME}/new`, Value: VALUE } }]

/** Something of every kind, and the ids that it was given. */
async function filled(t: TestContext) {
  const guarded = await guardedConsul(t)
  const { ask } = guarded
  await ask('operator', 'PUT /v1/agent/service/register', SERVICE)
  await ask('operator', 'PUT /v1/agent/check/register', CHECK)
  await ask('operator', 'PUT /v1/catalog/register', CATALOG)
  await ask('operator', `PUT /v1/kv/${NAME}/key`, INSIDE)
  await ask('operator', `PUT /v1/event/fire/${NAME}`, INSIDE)
  const query: string = (await ask('operator', 'POST /v1/query', QUERY)).body.ID
  const session: string = (await ask('operator', 'PUT /v1/session/create', { Name: INSIDE })).body.ID
  return { guarded, query, session }
}

/** Everything that writes, in a way that works for who may: what is asked for with a plain body. */
const WRITES = (query: string, session: string): readonly (readonly [string, unknown?])[] => [
  ['PUT /v1/agent/service/register', { Name: `${NAME}-new` }],
  [`PUT /v1/agent/service/maintenance/${NAME}-1?enable=true&reason=x`],
  ['PUT /v1/agent/maintenance?enable=true'],
  ['PUT /v1/agent/check/register', { Name: `${NAME}-new`, TTL: '10m' }],
  [`PUT /v1/agent/check/fail/${NAME}-check`],
  [`PUT /v1/agent/check/warn/${NAME}-check`],
  [`PUT /v1/agent/check/pass/${NAME}-check?note=x`],
  [`PUT /v1/agent/check/update/${NAME}-check`, { Status: 'critical', Output: 'x' }],
  [`PUT /v1/agent/check/deregister/${NAME}-check`],
  [`PUT /v1/agent/service/deregister/${NAME}-1`],
  ['PUT /v1/catalog/register', { ...CATALOG, Node: `${NAME}-new` }],
  ['PUT /v1/catalog/deregister', { Node: NAME }],
  [`PUT /v1/kv/${NAME}/key`, 'x'],
  [`PUT /v1/kv/${NAME}/key?acquire=${session}`, 'x'],
  [`DELETE /v1/kv/${NAME}/key`],
  [`DELETE /v1/kv/${NAME}?recurse`],
  ['PUT /v1/txn', set],
  [`PUT /v1/event/fire/${NAME}-new`],
  ['POST /v1/query', { ...QUERY, Name: `${NAME}-new` }],
  [`PUT /v1/query/${query}`, { ...QUERY, Service: { Service: 'x' } }],
  [`DELETE /v1/query/${query}`],
  ['PUT /v1/session/create', {}],
  [`PUT /v1/session/renew/${session}`],
  [`PUT /v1/session/destroy/${session}`],
]

const searches = (path: string) => ['', ...(path.includes('/kv/') ? ['?recurse', '?keys', '?raw'] : ['?passing'])]

const READS = ['catalog/nodes', 'catalog/services', `catalog/node/${NAME}`, `catalog/service/${NAME}`]
const MORE_READS = ['health/state/any', 'kv/?recurse', 'session/list', 'event/list', 'query', 'agent/checks']

/** All that is there, as an operator sees it. */
async function everything({ ask }: Guarded): Promise<string> {
  const seen: Json[] = []
  for (const path of [...READS, ...MORE_READS]) seen.push((await ask('operator', `GET /v1/${path}`)).body)
  return JSON.stringify(seen)
}

describe('An endpoint of the Consul API, asked without rights', () => {
  it('shows nothing of what is there, whatever is asked, by a token without rights or by nobody', async t => {
    const { guarded, query, session } = await filled(t)
    const names = ['', NAME, `${NAME}-1`, `${NAME}-check`, `${NAME}-db`, `${NAME}/key`, 'n0', 'any', 'passing', 'lan']
    const rests = [...names, query, session, `${query}/execute`, `${NAME}/execute`, `${NAME}/explain`]
    let asked = 0
    for (const { path, methods } of endpoints()) {
      if (!methods.GET) continue
      for (const rest of path.endsWith('/') ? rests : ['']) {
        for (const search of searches(path)) {
          for (const who of ['nobody', '']) {
            const { body } = await guarded.ask(who, `GET ${path}${rest}${search}`)
            const text = JSON.stringify(body) ?? ''
            const tells = [INSIDE, VALUE, ...(rest === '' && who !== '' ? [NAME] : [])].filter(word =>
              text.includes(word),
            )
            assert.deepEqual(tells, [], `GET ${path}${rest}${search} by "${who}": ${text}`)
            asked++
          }
        }
      }
    }
    assert.ok(asked > 500)
  })

  it('changes nothing, whatever writes, and does for who may', async t => {
    const { guarded, query, session } = await filled(t)
    const before = await everything(guarded)
    assert.ok(before.includes(INSIDE) && before.includes(VALUE))
    for (const who of ['nobody', '']) {
      for (const [target, body] of WRITES(query, session)) {
        const { status } = await guarded.ask(who, target, body)
        assert.ok(status === 403 || (target.includes('/txn') && status === 409), `${target} by "${who}": ${status}`)
        assert.equal(await everything(guarded), before, `${target} by "${who}"`)
      }
    }
    for (const [target, body] of WRITES(query, session).filter(([each]) => !/deregister|destroy|DELETE/.test(each)))
      assert.equal(await guarded.status('operator', target, body), 200, target)
  })

  it('does not show the log, which has the names of everything, to who may only read services', async t => {
    const { status } = await guardedConsul(t)
    const path = 'GET /v1/agent/monitor?loglevel=none'
    assert.deepEqual(
      [await status('', path), await status('reader', path), await status('operator', path)],
      [403, 403, 400],
    )
  })

  it('has a write here for every endpoint that writes and is not about tokens or the agent itself', () => {
    const known = WRITES('', '').map(([target]) => target.split('?')[0] ?? '')
    const own =
      /^\/v1\/(?:acl|connect|operator|agent\/(?:connect|token|join|leave|reload|force-leave|monitor))|^\/v1\/(?:snapshot|config|intention|internal|discovery-chain|namespace|coordinate|health|catalog\/connect)/
    const missing = endpoints().flatMap(({ path, methods, support }) =>
      Object.keys(methods)
        .filter(method => method !== 'GET' && support !== 'no' && !own.test(path))
        .filter(method => !known.some(target => target.startsWith(`${method} ${path}`)))
        .map(method => `${method} ${path}`),
    )
    assert.deepEqual(missing, [])
  })
})
