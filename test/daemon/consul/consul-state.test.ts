import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { PATIENCE_MS } from '../../patience.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { serveConsul } from './consul-server.ts'

describe('ConsulState', () => {
  it('comes back with everything that was acknowledged', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveConsul(t, { dataPath })
    await first.ask('PUT', '/v1/agent/service/register', {
      Name: 'web',
      Port: 80,
      Check: { TTL: '30s', Status: 'passing' },
    })
    await first.ask('PUT', '/v1/catalog/register', {
      Node: 'ext',
      Address: '10.0.0.9',
      Service: { Service: 'db', Port: 5 },
    })
    await first.ask('PUT', '/v1/kv/a/b?flags=18446744073709551615', 'value')
    const { ID: session } = (await first.ask('PUT', '/v1/session/create', { TTL: '60s' })).body
    await first.ask('PUT', `/v1/kv/lock?acquire=${session}`, 'held')
    const { ID: query } = (await first.ask('POST', '/v1/query', { Name: 'q', Service: { Service: 'web' } })).body
    const before = await first.ask('GET', '/v1/kv/?recurse')
    await first.close()

    const second = await serveConsul(t, { dataPath })
    assert.deepEqual(Object.keys((await second.ask('GET', '/v1/catalog/services')).body), ['consul', 'db', 'web'])
    assert.deepEqual((await second.ask('GET', '/v1/kv/?recurse')).text, before.text)
    assert.equal((await second.ask('GET', `/v1/session/info/${session}`)).body[0].ID, session)
    assert.equal((await second.ask('GET', `/v1/query/${query}`)).body[0].Name, 'q')
    assert.deepEqual(
      second.store.rosters.set('web').instances.map(({ id, status }) => `${id} ${status}`),
      ['web ready'],
    )
    assert.equal((await second.ask('PUT', '/v1/agent/check/fail/service:web')).status, 200)
    assert.ok(second.store.rosters.stamp() > before.index)
  })

  it('does not vouch for what is absent when its file was damaged', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveConsul(t, { dataPath })
    await first.ask('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80 })
    await first.close()
    const whole = await serveConsul(t, { dataPath })
    assert.equal(whole.store.rosters.set('web').settled, true)
    await whole.close()
    await writeFile(join(dataPath, 'consul.log'), 'not what was written\n'.repeat(100))
    const damaged = await serveConsul(t, { dataPath })
    const { instances, settled } = damaged.store.rosters.set('web')
    assert.deepEqual({ instances, settled }, { instances: [], settled: false })
  })

  it('keeps nothing of a configuration that it does not start with', async t => {
    const dataPath = await temporaryFolder(t)
    const script = { Args: ['true'], Interval: '1s' }
    const definitions = { services: [{ Name: 'good' }, { Name: 'bad', Check: script }], checks: [] }
    await assert.rejects(serveConsul(t, { dataPath, definitions }), /Scripts are disabled/)
    const deadline = performance.now() + PATIENCE_MS
    const isWritten = () => statSync(join(dataPath, 'consul.log')).size > 0
    while (!isWritten() && performance.now() < deadline) await nextTurn()
    assert.ok(isWritten())
    const { ask } = await serveConsul(t, { dataPath })
    assert.deepEqual((await ask('GET', '/v1/agent/services')).body, {})
  })

  it('goes on with indexes above those of before, whatever the clock says', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveConsul(t, { dataPath, revision: 1_000_000 })
    await first.ask('PUT', '/v1/kv/a', 'x')
    await first.close()
    const second = await serveConsul(t, { dataPath, revision: 5 })
    await second.ask('PUT', '/v1/kv/b', 'x')
    const [a, b] = (await second.ask('GET', '/v1/kv/?recurse')).body
    assert.ok(b.ModifyIndex > a.ModifyIndex)
  })

  it('keeps the id of its node, unless it is told one', async t => {
    const dataPath = await temporaryFolder(t)
    const nodeId = async (options: object = {}) => {
      const server = await serveConsul(t, { dataPath, nodeId: undefined, ...options })
      const { body } = await server.ask('GET', '/v1/agent/self')
      await server.close()
      return body.Config.NodeID
    }
    const first = await nodeId()
    assert.match(first, /^[0-9a-f-]{36}$/)
    assert.equal(await nodeId(), first)
    assert.equal(await nodeId({ nodeId: '1'.repeat(36) }), '1'.repeat(36))
  })

  it('lets a check with a TTL expire after a restart as well', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveConsul(t, { dataPath })
    await first.ask('PUT', '/v1/agent/service/register', {
      Name: 'web',
      Port: 80,
      Check: { TTL: '5s', Status: 'passing' },
    })
    await first.close()
    const second = await serveConsul(t, { dataPath })
    await second.clock.advance(4_999)
    assert.equal((await second.ask('GET', '/v1/health/service/web?passing')).body.length, 1)
    await second.clock.advance(2)
    assert.equal((await second.ask('GET', '/v1/health/service/web?passing')).body.length, 0)
    assert.equal((await second.ask('GET', '/v1/health/checks/web')).body[0].Output, 'TTL expired')
  })
})
