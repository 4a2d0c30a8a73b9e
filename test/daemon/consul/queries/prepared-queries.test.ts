import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

async function withServices(t: Parameters<typeof serveConsul>[0]) {
  const server = await serveConsul(t)
  const { ask } = server
  await ask('PUT', '/v1/agent/service/register', {
    Name: 'web',
    Tags: ['v1'],
    Check: { TTL: '60s', Status: 'warning' },
  })
  await ask('PUT', '/v1/catalog/register', {
    Node: 'ext',
    Address: '1.1.1.1',
    Service: { Service: 'web', ID: 'w2', Tags: ['v2'] },
  })
  const create = (fields: object) => ask('POST', '/v1/query', fields)
  const ids = async (name: string, search = '') => {
    const { body } = await ask('GET', `/v1/query/${name}/execute${search}`)
    return body.Nodes.map(({ Service }: { Service: { ID: string } }) => Service.ID)
  }
  return { ...server, create, ids }
}

describe('PreparedQueries', () => {
  it('go with the session that they are bound to', async t => {
    const { ask } = await serveConsul(t)
    const { ID: Session } = (await ask('PUT', '/v1/session/create', {})).body
    await ask('POST', '/v1/query', { Name: 'bound', Session, Service: { Service: 'a' } })
    await ask('POST', '/v1/query', { Name: 'free', Service: { Service: 'a' } })
    await ask('PUT', `/v1/session/destroy/${Session}`)
    const names = (await ask('GET', '/v1/query')).body.map(({ Name }: { Name: string }) => Name)
    assert.deepEqual(names, ['free'])
    assert.equal((await ask('GET', '/v1/query/bound/explain')).status, 404)
  })

  it('find what passes, or does not fail', async t => {
    const { create, ids, ask } = await withServices(t)
    await create({ Name: 'all', Service: { Service: 'web' } })
    await create({ Name: 'passing', Service: { Service: 'web', OnlyPassing: true } })
    await create({ Name: 'lenient', Service: { Service: 'web', OnlyPassing: true, IgnoreCheckIDs: ['service:web'] } })
    assert.deepEqual((await ids('all')).toSorted(), ['w2', 'web'])
    assert.deepEqual([await ids('passing'), (await ids('lenient')).length], [['w2'], 2])
    await ask('PUT', '/v1/agent/check/fail/service:web')
    assert.deepEqual(await ids('all'), ['w2'])
  })

  it('are found whatever case their names are in, which no other may have in another case', async t => {
    const { create, ids } = await withServices(t)
    await create({ Name: 'All', Service: { Service: 'web' } })
    assert.equal((await ids('aLL')).length, 2)
    assert.equal((await create({ Name: 'all', Service: { Service: 'web' } })).status, 500)
  })

  it('choose by tags, by tags that must not be, by nearness and number', async t => {
    const { create, ids } = await withServices(t)
    await create({ Name: 'v1', Service: { Service: 'web', Tags: ['V1'] } })
    await create({ Name: 'not-v1', Service: { Service: 'web', Tags: ['!v1'] } })
    await create({ Name: 'near', Service: { Service: 'web', Near: '_agent' } })
    assert.deepEqual([await ids('v1'), await ids('not-v1'), await ids('near', '?limit=1')], [['web'], ['w2'], ['web']])
  })

  it('fill in a template for every name that begins with its own, the longest first', async t => {
    const { create, ids, ask } = await withServices(t)
    await create({ Name: '', Template: { Type: 'name_prefix_match' }, Service: { Service: '${name.full}' } })
    const Template = { Type: 'name_prefix_match', Regexp: '^geo-(.*)-([^-]+)$', RemoveEmptyTags: true }
    await create({ Name: 'geo-', Template, Service: { Service: '${match(1)}', Tags: ['${match(2)}', '${match(9)}'] } })
    assert.deepEqual((await ids('web')).length, 2)
    assert.deepEqual(await ids('geo-web-v2'), ['w2'])
    assert.equal((await ask('GET', `/v1/query/${'x'.repeat(300)}/execute`)).status, 404)
  })

  it('refuse patterns that could take for ever', async t => {
    const { create } = await withServices(t)
    const withPattern = (Regexp: string) =>
      create({ Name: 'x', Template: { Type: 'name_prefix_match', Regexp }, Service: { Service: 'web' } })
    assert.match((await withPattern('^(a+)+$')).text, /a repetition within a repetition/)
    assert.match((await withPattern('a*a*a*a*')).text, /more than 3 repetitions/)
    assert.equal((await withPattern('^a*-(b+)$')).status, 200)
  })

  it('are there by id as well, and gone when they are deleted', async t => {
    const { create, ask, ids } = await withServices(t)
    const { ID } = (await create({ Name: 'q', Service: { Service: 'web' } })).body
    assert.equal((await ids(ID)).length, 2)
    assert.equal((await ask('DELETE', `/v1/query/${ID}`)).status, 200)
    assert.equal((await ask('GET', '/v1/query/q/execute')).status, 404)
  })
})
