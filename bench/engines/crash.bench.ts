import { setTimeout as delay } from 'node:timers/promises'
import { startConsul } from '../../tools/engines/servers/consul.ts'
import { startEtcd } from '../../tools/engines/servers/etcd.ts'
import { startZooKeeper } from '../../tools/engines/servers/zookeeper.ts'
import { daemon } from '../daemon/daemon.ts'
import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atMostOneIn } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'

/** A registry whose instances have the smallest TTL that it grants as it comes. */
interface Registry {
  readonly name: string
  readonly ttlMs: number
  readonly start: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>
}

/** The connection tells of a crash, whatever the TTL. */
const ours: Registry = {
  name: 'ropewalk registry',
  ttlMs: 15_000,
  async start() {
    const program = await daemon.start()
    return { url: `ropewalk://127.0.0.1:${program.port}`, stop: () => program.close() }
  },
}

/** One and a half times the time after which its nodes would elect another leader, in whole seconds. */
const etcd: Registry = {
  name: 'etcd 3.4',
  ttlMs: 2_000,
  async start() {
    const server = await startEtcd()
    return { url: `etcd://127.0.0.1:${server.ports.client}`, stop: () => server.stop() }
  },
}

/** The TTL of a check has no least; agents look at it by the second. */
const consul: Registry = {
  name: 'Consul 1.8.7',
  ttlMs: 1_000,
  async start() {
    const server = await startConsul()
    return { url: `consul://127.0.0.1:${server.ports.http}`, stop: () => server.stop() }
  },
}

/** Two ticks, as Debian sets these up. */
const zooKeeper: Registry = {
  name: 'ZooKeeper 3.8',
  ttlMs: 4_000,
  async start() {
    const server = await startZooKeeper({ tickTimeMs: 2_000, config: { minSessionTimeout: 4_000 } })
    return { url: `zookeeper://127.0.0.1:${server.ports.client}`, stop: () => server.stop() }
  },
}

/** For how long an instance is left alone before it is killed, at most. */
const LIFE_MS_MAX = 1_000

/** How long a process that was killed is still given out as an instance that can be chosen. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'engines',
    name: 'SIGKILL of an instance → its consumers choose it no more',
    unit: 'milliseconds',
    ours: contender(ours),
    goals: [etcd, consul, zooKeeper].map(peer => ({ against: contender(peer), bound: atMostOneIn(50) })),
    warmUpRounds: 1,
    roundsMax: 3,
  },
]

function contender({ name, ttlMs, start }: Registry): Contender {
  return {
    name,
    async open() {
      const { url, stop } = await start()
      const survivor = await Program.start(SITE, { url, id: 'survivor', ttlMs })
      const consumer = await Program.start(CONSUMER, { url })
      let victims = 0
      return {
        async measure() {
          const id = `victim-${victims++}`
          const victim = await Program.start(SITE, { url, id, ttlMs })
          await consumer.ask('chosen', id)
          await delay(Math.random() * LIFE_MS_MAX)
          const killedAt = performance.timeOrigin + performance.now()
          victim.signal('SIGKILL')
          return (await consumer.ask<number>('unchosen', id)) - killedAt
        },
        async close() {
          await consumer.close()
          await survivor.close()
          await stop()
        },
      }
    },
  }
}

const SITE = new URL('../adapters/programs/registered-site.ts', import.meta.url)
const CONSUMER = new URL('programs/registry-consumer.ts', import.meta.url)
