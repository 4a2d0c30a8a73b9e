import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { folder } from '../../endpoint/sandbox.ts'
import { missingEngine } from '../../engines/engines.ts'
import { consul } from '../consul-api/consul-program.ts'

/** A daemon that listens on a Unix socket, with an instance that a session holds. */
async function served(t: TestContext, options: RegistryDaemonOptions = {}) {
  const path = join(folder(t), 'registry.sock')
  let left = 0
  const frontends = [new RestFrontend(), new ConsulFrontend({ nodeName: 'n0', leave: () => left++ })]
  const daemon = new RegistryDaemon({ endpoint: `unix:${path}:mode=600`, frontends, ...options })
  t.after(() => daemon.stop())
  await daemon.start()
  const { store } = daemon
  assert.ok(store)
  const owner = store.leases.connect({ id: 'session:s', name: 'orders (process 1)' })
  store.leases.register(owner, createInstance({ serviceName: 'a', id: 'i', endpoints: ['tcp://h:1'] }), 600_000)
  const ask = async (method: string, target: string, headers: Record<string, string> = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
    const sent = request({ socketPath: path, method, path: target, headers }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject).end()
    return promise
  }
  return { path, store, ask, left: () => left, held: () => store.leases.count }
}

const INSTANCE = '/api/v1/services/a/instances/i'

describe('A registry daemon on a Unix socket', () => {
  it('takes who may open it for an operator, whatever the host is called, and no page of a browser behind a proxy', async t => {
    for (const host of ['localhost', '', 'registry', 'x.example:80']) {
      const { ask, held } = await served(t)
      const origin = 'https://evil.example'
      assert.deepEqual([await ask('DELETE', INSTANCE, { host, origin }), held()], [403, 1])
      assert.deepEqual([await ask('DELETE', INSTANCE, { host }), held()], [204, 0])
    }
  })

  it('looks at where a session is asked for, whatever else it listens on', async t => {
    const path = join(folder(t), 'registry.sock')
    const daemon = new RegistryDaemon({ endpoint: `unix:${path}`, alsoAt: ['tcp:0:interface=127.0.0.1'] })
    t.after(() => daemon.stop())
    await daemon.start()
    const { port } = new URL(daemon.endpoints[1] ?? '')
    const status = async (to: { path: string } | { port: number }, host: string) => {
      const socket = connect({ host: '127.0.0.1', ...to })
      t.after(() => socket.destroy())
      const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`
      socket.write(`GET /api/v1/session HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`)
      return String(await once(socket, 'data')).slice(9, 12)
    }
    assert.equal(
      await status({ port: Number(port) }, `evil.example:${port}\r\nOrigin: http://evil.example:${port}`),
      '403',
    )
    assert.equal(await status({ path }, 'registry'), '101')
  })

  it('goes by rules where there are any, and by nothing else', async t => {
    const rules = readAccessRules('{"anonymous": {"services": {"*": "read"}}}', 'rules.json')
    const { ask, held, left } = await served(t, { access: new RulesAccess(rules) })
    assert.deepEqual([await ask('DELETE', INSTANCE), held()], [403, 1])
    assert.deepEqual([await ask('PUT', '/v1/agent/leave'), left()], [403, 0])
    assert.equal(await ask('GET', '/api/v1/services/a'), 200)
  })

  it('says of what came by it that it is of this machine', async t => {
    const { path, store } = await served(t)
    const put = request({ socketPath: path, method: 'PUT', path: '/api/v1/services/b/instances/i' })
    const { promise, resolve } = Promise.withResolvers<void>()
    put.on('response', answer => answer.resume().on('end', resolve))
    put.end(JSON.stringify({ endpoints: ['tcp://h:1'] }))
    await promise
    assert.equal(store.leases.find('b', 'i')?.owner.name, 'REST client at this machine')
  })

  it('obeys the real consul program, which has the path for its host', { skip: missingEngine('consul') }, async t => {
    const { path, ask, held, left } = await served(t)
    const url = `unix://${path}`
    assert.match((await consul(url, ['catalog', 'services'])).stdout, /^a$/m)
    assert.deepEqual(await consul(url, ['leave']), { code: 0, stdout: 'Graceful leave complete\n', stderr: '' })
    assert.deepEqual([left(), held(), await ask('GET', '/v1/status/leader')], [1, 1, 200])
  })
})
