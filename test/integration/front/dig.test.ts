import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { FrontProcess } from './front-process.ts'

const hasDig = spawnSync('dig', ['-v']).status === 0
const skip = missingEngine('zookeeper') || (hasDig ? false : 'dig (of the package bind9-dnsutils) is not installed')

/** What `dig` prints of a question, a line a record. */
async function dig(port: number, ...question: string[]): Promise<string[]> {
  const args = ['@127.0.0.1', '-p', String(port), '+short', '+tries=3', ...question]
  const { stdout } = await promisify(execFile)('dig', args)
  return stdout.split('\n').filter(line => line !== '')
}

async function zookeeperOf(t: TestContext) {
  const server = await startZooKeeper()
  t.after(() => server.stop())
  const { client: port } = server.ports
  const registry = new ZookeeperRegistry({ servers: [{ host: '127.0.0.1', port }], requestMs: PATIENCE_MS })
  t.after(() => registry.close())
  return { server, registry, url: `zookeeper://127.0.0.1:${port}` }
}

describe('dig', { skip }, () => {
  it('reads ZooKeeper through a front, the first time it asks and after a change', async t => {
    const { registry, url } = await zookeeperOf(t)
    const lease = await registry.register(
      createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.7:4711'] }),
      { ttlMs: 600_000 },
    )
    const port = await freePort()
    await FrontProcess.start(t, url, '--dns', `tcp:${port}:interface=127.0.0.1`)
    assert.deepEqual(await dig(port, 'users.service.ropewalk', 'A'), ['127.0.0.7'])
    const [record = ''] = await dig(port, 'users.service.ropewalk', 'SRV')
    assert.match(record, /^1 1 4711 /)
    await registry.register(createInstance({ serviceName: 'users', id: 'b', endpoints: ['tcp://127.0.0.8:4711'] }), {
      ttlMs: 600_000,
    })
    const both = async () => (await dig(port, 'users.service.ropewalk', 'A')).length === 2
    await until(both, 'both are told', PATIENCE_MS)
    await lease.revoke()
    const other = async () => (await dig(port, 'users.service.ropewalk', 'A')).join() === '127.0.0.8'
    await until(other, 'only the other is told', PATIENCE_MS)
  })

  it('is told nothing wrong while ZooKeeper is away, and what was known', async t => {
    const { server, registry, url } = await zookeeperOf(t)
    await registry.register(createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.7:4711'] }), {
      ttlMs: 600_000,
    })
    const port = await freePort()
    await FrontProcess.start(t, url, '--dns', `tcp:${port}:interface=127.0.0.1`)
    assert.deepEqual(await dig(port, 'users.service.ropewalk', 'A'), ['127.0.0.7'])
    await server.kill()
    assert.deepEqual(await dig(port, 'users.service.ropewalk', 'A'), ['127.0.0.7'])
    const args = ['@127.0.0.1', '-p', String(port), '+time=20', '+tries=1', 'orders.service.ropewalk', 'A']
    const { stdout } = await promisify(execFile)('dig', args)
    assert.match(stdout, /status: SERVFAIL/)
  })
})
