import assert from 'node:assert/strict'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { describe, it, mock, type TestContext } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { until } from '../../adapters/daemon/until.ts'
import { temporaryFolder } from '../../daemon/temporary-folder.ts'
import { PATIENCE_MS } from '../../patience.ts'

const instance = (id: string) => createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'] })

async function daemonAt(t: TestContext, dataPath: string) {
  const daemon = new RegistryDaemon({
    endpoint: 'tcp:0:interface=127.0.0.1',
    dataPath,
    frontends: [new RestFrontend()],
    graceMs: PATIENCE_MS,
  })
  t.after(() => daemon.stop())
  await daemon.start()
  const port = Number(new URL(daemon.endpoints[0] ?? '').port)
  const registry = new DaemonRegistry({ port, requestMs: PATIENCE_MS })
  t.after(() => registry.close())
  return { daemon, port, registry }
}

function refuse(): never {
  throw Object.assign(new Error('EROFS: read-only file system, write'), { code: 'EROFS' })
}

/** From now on nothing can be changed, as when the system makes a disk read-only that has errors. Returns how to end that. */
function turnReadOnly(): () => void {
  const open = fs.openSync
  const mocks = [
    mock.method(fs, 'writeSync', refuse),
    mock.method(fs, 'ftruncateSync', refuse),
    mock.method(fs, 'openSync', (path: fs.PathLike, flags = 'r') => (flags === 'r' ? open(path, flags) : refuse())),
  ]
  syncBuiltinESMExports()
  return () => {
    for (const { mock: one } of mocks) one.restore()
    syncBuiltinESMExports()
  }
}

describe('A disk that turns read-only under a running daemon', () => {
  it('takes no registration, costs none that was answered, and is written again when it can be', async t => {
    const dataPath = await temporaryFolder(t)
    const { daemon, port, registry } = await daemonAt(t, dataPath)
    const lease = await registry.register(instance('a'), { ttlMs: 600_000 })
    const follower = new WatchFollower(registry, 'users')
    t.after(() => follower.stop())
    await until(() => follower.ids?.join() === 'a', 'it is seen')

    const heal = turnReadOnly()
    t.after(heal)
    await assert.rejects(registry.register(instance('b'), { ttlMs: 600_000 }), { daemonCode: 'ERR_JOURNAL' })
    await assert.rejects(lease.update({ weight: 7 }), { daemonCode: 'ERR_JOURNAL' })
    await lease.renew()
    assert.equal(daemon.status, 'degraded')
    const { status } = await fetch(`http://127.0.0.1:${port}/api/v1/services/users`)
    await until(() => follower.set?.instances[0]?.weight === 1, 'what was refused is undone')
    assert.deepEqual([status, follower.ids], [200, ['a']])

    heal()
    await registry.register(instance('c'), { ttlMs: 600_000 })
    await until(() => daemon.status === 'ready', 'it is well again')
    await daemon.stop()
    const again = await daemonAt(t, dataPath)
    const known = again.daemon.store?.rosters.set('users').instances.map(({ id, weight }) => `${id} ${weight}`)
    assert.deepEqual(known, ['a 1', 'c 1'])
  })
})
