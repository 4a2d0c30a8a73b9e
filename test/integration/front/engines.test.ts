import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { connectTo, instanceOf, start } from '../../cli/ropewalk.ts'
import { missingEngine, startConsul, startEtcd, startZooKeeper } from '../../engines/engines.ts'
import { SiteProcess } from '../engines/site-process.ts'
import { FrontProcess } from './front-process.ts'

/** Starts each engine, and says its URL. */
const ENGINES: Readonly<Record<string, (t: TestContext) => Promise<string>>> = {
  async consul(t) {
    const server = await startConsul()
    t.after(() => server.stop())
    return `consul://127.0.0.1:${server.ports.http}`
  },
  async etcd(t) {
    const server = await startEtcd()
    t.after(() => server.stop())
    return `etcd://127.0.0.1:${server.ports.client}`
  },
  async zookeeper(t) {
    const server = await startZooKeeper()
    t.after(() => server.stop())
    return `zookeeper://127.0.0.1:${server.ports.client}`
  },
}

async function startDaemon(t: TestContext): Promise<string> {
  const daemon = start(t, ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1'])
  await until(
    () => daemon.lines.length > 0,
    () => `the daemon is ready: ${daemon.stderr}`,
  )
  return `ropewalk://${new URL(daemon.lines[0] ?? '').host}`
}

function missing(name: string): ReturnType<typeof missingEngine> {
  return name in ENGINES && missingEngine(name)
}

describe('A front', () => {
  for (const [name, startEngine] of Object.entries(ENGINES)) {
    it(`reads and writes ${name}, and drains there`, { skip: missingEngine(name) }, async t => {
      const url = await startEngine(t)
      const behind = await openRegistry(url)
      t.after(() => behind.close())
      const front = connectTo(t, (await FrontProcess.start(t, url)).url)
      const followers = [behind, front].map(registry => new WatchFollower(registry, 'users'))
      t.after(() => followers.forEach(follower => follower.stop()))
      const show = (ids: string) => () => followers.every(follower => follower.ids?.join() === ids)
      await behind.register(instanceOf('users', 'a'), { ttlMs: 600_000 })
      const lease = await front.register(instanceOf('users', 'b'), { ttlMs: 600_000 })
      await until(show('a,b'), 'both show both', PATIENCE_MS)
      const report = await lease.drain({ drainMs: PATIENCE_MS })
      assert.equal(report.acknowledged, true)
      await until(show('a,b:draining'), 'both show that it drains', PATIENCE_MS)
      await lease.revoke()
      await until(show('a'), 'both show that it has gone', PATIENCE_MS)
    })
  }

  const { etcd: _, ...others } = ENGINES
  for (const [name, startEngine] of Object.entries({ ...others, ropewalk: startDaemon })) {
    it(
      `takes over in ${name} what one held that is killed, and nobody sees it go`,
      { skip: missing(name) },
      async t => {
        const url = await startEngine(t)
        const behind = await openRegistry(url)
        t.after(() => behind.close())
        const [one, other] = await Promise.all([FrontProcess.start(t, url), FrontProcess.start(t, url)])
        const both = `ropewalk://${one.authority},${other.authority}`
        const sites: SiteProcess[] = []
        t.after(() => Promise.all(sites.map(site => site[Symbol.asyncDispose]())))
        // Where one begins is chance: until somebody holds something at the one that is to be killed.
        while (sites.length < 8 && (await one.held()) === 0) {
          sites.push(await SiteProcess.start({ url: both, id: `s${sites.length}`, ttlMs: 60_000 }))
          const held = async () => (await one.held()) + (await other.held())
          await until(async () => (await held()) === sites.length, 'it is registered', PATIENCE_MS)
        }
        const follower = new WatchFollower(behind, 'users')
        t.after(() => follower.stop())
        await until(() => follower.ids?.length === sites.length, 'all are shown', PATIENCE_MS)
        const shown = follower.sets.length
        await one.kill()
        await until(async () => (await other.held()) === sites.length, 'the other front holds all', 50_000)
        assert.ok(
          follower.sets.slice(shown).every(({ instances }) => instances.length === sites.length),
          'all were always there',
        )
      },
    )
  }

  it('says who refuses, of a registry that is only read', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-front-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'instances.json')
    await writeFile(file, '{"users":["127.0.0.1:8080"]}')
    const { authority } = await FrontProcess.start(t, `file:${file}`)
    const path = `http://${authority}/api/v1/services/users`
    const { instances } = (await (await fetch(path)).json()) as { instances: object[] }
    assert.equal(instances.length, 1)
    const body = '{"endpoints":["tcp://127.0.0.1:1"]}'
    const refused = await fetch(`${path}/instances/a`, { method: 'PUT', body })
    assert.equal(refused.status, 502)
    assert.match(await refused.text(), /ERR_BACKEND_REFUSED.*refused/)
  })
})
