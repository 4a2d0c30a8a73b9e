import { startEtcd } from '../../tools/engines/servers/etcd.ts'
import type { Done } from '../daemon/programs/closed-loop.ts'
import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atLeast, type Bound, unbound } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'

const ROUND_MS = 1000

/** A client of etcd: the file in programs/ that uses it. */
interface EtcdUser {
  readonly name: string
  readonly file: string
}

const ours: EtcdUser = { name: 'ropewalk/adapters/etcd', file: 'ropewalk-etcd.ts' }
const etcd3: EtcdUser = { name: 'etcd3', file: 'etcd3.ts' }

/**
 * What our client of etcd costs the process it is in, against the package `etcd3`: one process, one etcd of one node. What is heard by a
 * watch ends as a checked Instance on both sides; reading is also measured to the point where the client has done its part, the parsed JSON.
 */
export const benchmarks: readonly Benchmark[] = [
  compared('registrations, 16 in flight', user => rate(user, 'register')),
  compared('renewals, 64 in flight', user => rate(user, 'renew')),
  compared('reads of 1,000 instances', user => rate(user, 'parse')),
  compared('reads of 1,000 instances, each checked', user => rate(user, 'read'), unbound),
  compared('changes heard by a watch', heard),
]

function compared(what: string, contender: (user: EtcdUser) => Contender, bound: Bound = atLeast(2)): Benchmark {
  return {
    area: 'adapters',
    name: `etcd: ${what}, per CPU second of the client`,
    unit: `${what} per CPU second of the client`,
    ours: contender(ours),
    goals: [{ against: contender(etcd3), bound }],
    warmUpRounds: 3,
  }
}

/** Does something over and over. */
function rate({ name, file }: EtcdUser, method: string): Contender {
  return {
    name,
    async open() {
      const etcd = await startEtcd()
      const client = await Program.start(program(file), { port: etcd.ports.client, method })
      return {
        async measure() {
          const before = await client.cpuMs()
          const { count } = await client.ask<Done>('run', ROUND_MS)
          return (count * 1000) / ((await client.cpuMs()) - before)
        },
        async close() {
          await client.close()
          await etcd.stop()
        },
      }
    },
  }
}

/**
 * Hears what another process writes. Both clients hear it in every round, and one is counted: alone, each would hear at the pace that its own
 * use of the machine leaves to etcd, and the more it needs the more changes would come to it at once, which is cheaper.
 */
function heard({ name, file }: EtcdUser): Contender {
  return {
    name,
    async open() {
      const etcd = await startEtcd()
      const options = { port: etcd.ports.client, method: 'watch' }
      const client = await Program.start(program(file), options)
      const other = await Program.start(program(file === ours.file ? etcd3.file : ours.file), options)
      const writer = await Program.start(program(ours.file), { port: etcd.ports.client, method: 'write' })
      return {
        async measure() {
          const before = await client.cpuMs()
          const { count } = await writer.ask<Done>('run', ROUND_MS)
          await Promise.all([client.ask('heard', count), other.ask('heard', count)])
          return (count * 1000) / ((await client.cpuMs()) - before)
        },
        async close() {
          await Promise.all([writer, client, other].map(each => each.close()))
          await etcd.stop()
        },
      }
    },
  }
}

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
