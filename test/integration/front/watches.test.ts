import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { instanceOf } from '../../cli/ropewalk.ts'
import { missingEngine } from '../../engines/engines.ts'
import { consulTrial } from '../consul/consul-trial.ts'
import type { EngineTrial } from '../engines/engine-trial.ts'
import { etcdTrial } from '../etcd/etcd-trial.ts'
import { zookeeperTrial } from '../zookeeper/zookeeper-trial.ts'
import { FrontProcess } from './front-process.ts'

/** Who watches below, by each way in: a thousand in all. */
const SESSIONS = 500
const STREAMS = 250
const QUERIES = 250

/** How many watches an engine has, as it counts them. */
type Count = (port: number, relay: TcpRelay) => Promise<number>

const TRIALS: readonly (readonly [EngineTrial, Count])[] = [
  [etcdTrial, watchersOfEtcd],
  [zookeeperTrial, watchesOfZooKeeper],
  // Consul does not count its queries that wait. Each has a connection of its own.
  [consulTrial, async (_port, relay) => relay.connections],
]

async function watchersOfEtcd(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^etcd_debugging_mvcc_watcher_total (\S+)$/m.exec(metrics)?.[1])
}

async function watchesOfZooKeeper(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write('mntr')
  return Number(/^zk_watch_count\t(\d+)$/m.exec(await text(socket))?.[1])
}

/** A session of its own that watches. */
function session(t: TestContext, { port }: FrontProcess): () => number | undefined {
  const registry = new DaemonRegistry({ port, requestMs: PATIENCE_MS, connectMs: PATIENCE_MS })
  t.after(() => registry.close())
  const follower = new WatchFollower(registry, 'users')
  t.after(() => follower.stop())
  return () => follower.set?.instances.length
}

/** A stream of events. */
function stream(t: TestContext, { authority }: FrontProcess): () => number | undefined {
  let count: number | undefined
  const read = async () => {
    const { body } = await fetch(`http://${authority}/api/v1/services/users/watch`, { signal: t.signal })
    let rest = ''
    for await (const piece of body ?? assert.fail('there is a stream')) {
      const events = (rest + new TextDecoder().decode(piece)).split('\n\n')
      rest = events.pop() ?? ''
      const data = events.flatMap(event => /^data: (.*)$/m.exec(event)?.[1] ?? [])
      for (const set of data) count = (JSON.parse(set) as { instances: unknown[] }).instances.length
    }
  }
  read().catch(() => {})
  return () => count
}

/** Queries of the Consul API that wait, one after the other. */
function query(t: TestContext, { authority }: FrontProcess): () => number | undefined {
  let count: number | undefined
  const read = async () => {
    for (let index = '0'; ;) {
      const path = `/v1/health/service/users?wait=5m&index=${index}`
      const answer = await fetch(`http://${authority}${path}`, { signal: t.signal })
      count = ((await answer.json()) as unknown[]).length
      index = answer.headers.get('x-consul-index') ?? assert.fail('there is an index')
    }
  }
  read().catch(() => {})
  return () => count
}

describe('A front', () => {
  for (const [trial, count] of TRIALS) {
    it(
      `watches a service once in ${trial.title}, for 1,000 that watch it by all ways in`,
      { skip: missingEngine(trial.engine) },
      async t => {
        const engine = await trial.start()
        t.after(() => engine.stop())
        const relay = await TcpRelay.listen({ port: engine.port })
        t.after(() => relay[Symbol.asyncDispose]())
        const front = await FrontProcess.start(t, trial.url(relay.port))
        const behind = trial.open(engine.port, { clock: systemClock })
        t.after(() => behind.close())
        await behind.register(instanceOf('users', 'a'), { ttlMs: 600_000 })
        const watchers = [session(t, front)]
        const have = (instances: number) => () => watchers.every(seen => seen() === instances)
        await until(have(1), 'one watcher has its set', PATIENCE_MS)
        const forOne = await count(engine.port, relay)
        watchers.push(...Array.from({ length: SESSIONS - 1 }, () => session(t, front)))
        watchers.push(...Array.from({ length: STREAMS }, () => stream(t, front)))
        watchers.push(...Array.from({ length: QUERIES }, () => query(t, front)))
        await until(have(1), 'all have their set', PATIENCE_MS)
        const forAll = await count(engine.port, relay)
        t.diagnostic(`${watchers.length} watchers at the front: ${forAll} in ${trial.title}, as for 1: ${forOne}`)
        assert.ok(forOne > 0)
        // One may be about to be opened or closed while they are counted.
        assert.ok(forAll <= forOne + 2)
        await behind.register(instanceOf('users', 'b'), { ttlMs: 600_000 })
        await until(have(2), 'all have the change', PATIENCE_MS)
      },
    )
  }
})
