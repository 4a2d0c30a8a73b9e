import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createServer } from 'node:tls'
import { ZookeeperRegistry, type ZookeeperRegistryOptions } from '../../../src/adapters/zookeeper/index.ts'
import { exists } from '../../../src/adapters/zookeeper/operations.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import { certificate } from '../../endpoint/sandbox.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { clientTo } from './client-to.ts'
import { instance } from './engine-to.ts'

type ZooKeeper = Awaited<ReturnType<typeof startZooKeeper>>

async function first(registry: ZookeeperRegistry, serviceName: string): Promise<InstanceSet | undefined> {
  for await (const set of registry.watch(serviceName, { signal: AbortSignal.timeout(PATIENCE_MS) })) return set
  return undefined
}

/** What speaks TLS before the port, as the secure port of a ZooKeeper does, with the certificate of the tests for `localhost`. */
async function secured(port: number) {
  const [cert, key] = ['localhost.pem', 'localhost.key'].map(name => readFileSync(certificate(name)))
  const server = createServer({ cert: cert!, key: key! }, socket => {
    const plain = connect(port, '127.0.0.1')
    for (const end of [socket, plain])
      end.on('error', () => {}).on('close', () => void (socket.destroy(), plain.destroy()))
    socket.pipe(plain).pipe(socket)
  })
  server.listen(0)
  await once(server, 'listening')
  return server
}

describe('ZookeeperRegistry', { skip: missingEngine('zookeeper') }, () => {
  let zooKeeper: ZooKeeper

  before(async () => {
    zooKeeper = await startZooKeeper()
  })
  after(() => zooKeeper.stop())

  function open(options: ZookeeperRegistryOptions = {}) {
    const servers = [{ host: '127.0.0.1', port: zooKeeper.ports.client }]
    const registry = new ZookeeperRegistry({ servers, requestMs: PATIENCE_MS, ...options })
    return Object.assign(registry, { [Symbol.asyncDispose]: () => registry.close() })
  }

  it('keeps everything under its chroot, and its services where Curator has them', async () => {
    await using one = open({ chroot: '/a/b', basePath: '/discovery' })
    await using other = open({ chroot: '/a/c' })
    await one.register(instance('users', 'i-1'))
    await using raw = clientTo([zooKeeper.ports.client])
    const link = await raw.client.link()
    assert.ok((await link.request(exists('/a/b/discovery/users/i-1'))).result)
    assert.equal((await first(one, 'users'))?.instances.length, 1)
    assert.equal((await first(other, 'users'))?.known, false)
  })

  it('lets only whoever has the same user and password read and write what it creates, unless told otherwise', async () => {
    const ada = { user: 'ada', password: 'right' }
    await using one = open({ chroot: '/mine', ...ada })
    await one.register(instance('users', 'i-1'))
    await using same = open({ chroot: '/mine', ...ada })
    assert.equal((await first(same, 'users'))?.instances.length, 1)
    await using wrong = open({ chroot: '/mine', user: 'ada', password: 'wrong', requestMs: 500 })
    await assert.rejects(wrong.register(instance('users', 'i-2')), {
      code: 'ERR_ZOOKEEPER_ACCESS',
      path: '/mine/services/users/i-2',
    })
    await using open1 = open({ chroot: '/ours', ...ada, acl: 'world' })
    await open1.register(instance('users', 'i-1'))
    await using anybody = open({ chroot: '/ours' })
    await anybody.register(instance('users', 'i-2'))
    assert.equal((await first(anybody, 'users'))?.instances.length, 2)
  })

  it('speaks TLS, and trusts only whom it is told to', async () => {
    await using front = await secured(zooKeeper.ports.client)
    const servers = [{ host: 'localhost', port: (front.address() as AddressInfo).port }]
    await using one = open({ servers, tls: { ca: certificate('ca.pem') } })
    await one.register(instance('secure', 'i-1'))
    assert.equal((await first(one, 'secure'))?.instances.length, 1)
    await using wary = open({ servers, tls: {}, requestMs: 500 })
    await assert.rejects(wary.register(instance('secure', 'i-2')), error => {
      assert.equal((error as { code?: string }).code, 'ERR_REGISTRY_UNAVAILABLE')
      return /certificate/.test(String((error as Error).cause))
    })
    await using lost = open({ servers, tls: { ca: '/nowhere/ca.pem' }, requestMs: 500 })
    await assert.rejects(lost.register(instance('secure', 'i-2')), error =>
      /ENOENT/.test(String((error as Error).cause)),
    )
  })

  it('shows no secret in its errors', async () => {
    const servers = [{ host: '127.0.0.1', port: 1 }, { host: '::1' }]
    await using one = open({ servers, chroot: '/a', user: 'ada', password: 'secret', requestMs: 200 })
    await assert.rejects(one.register(instance('users', 'i-1')), (error: Error) => {
      assert.match(error.message, /zookeeper:\/\/127\.0\.0\.1:1,\[::1\]\/a cannot be reached/)
      return !`${error.stack} ${String(error.cause)}`.includes('secret')
    })
  })
})
