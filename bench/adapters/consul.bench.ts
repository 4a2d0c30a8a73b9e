import { setTimeout as delay } from 'node:timers/promises'
import { ConsulClient } from '../../src/adapters/consul/client.ts'
import { startConsul } from '../../tools/engines/servers/consul.ts'
import type { Done } from '../daemon/programs/closed-loop.ts'
import type { Benchmark, Contender } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'
import type { ConsulMethod } from './programs/consul-user.ts'

const ROUND_MS = 1000

/** How long a watched service is left alone between two changes. */
const CHANGE_EVERY_MS = 25

/** How many operations Consul takes in one transaction. */
const TRANSACTION = 64

/** A client of Consul: the file in programs/ that uses it. */
interface ConsulContender {
  readonly name: string
  readonly file: string
}

const ours: ConsulContender = { name: 'ropewalk/adapters/consul', file: 'ropewalk-consul.ts' }
const peer: ConsulContender = { name: 'consul (npm)', file: 'npm-consul.ts' }

/** What our client of Consul costs the process it is in, against the package `consul`: one process, one agent that is a server. */
export const benchmarks: readonly Benchmark[] = [
  compared('registrations with an agent, 16 in flight', 'register'),
  compared('renewals (TTL passes), 16 in flight', 'pass'),
  compared('reads of 1,000 instances', 'read'),
  compared('changes heard by a watch of a service of 100 instances', 'watch'),
]

function compared(what: string, method: ConsulMethod): Benchmark {
  return {
    area: 'adapters',
    name: `consul: ${what}, per CPU second of the client`,
    unit: `${what} per CPU second of the client`,
    ours: contender(ours, method),
    goals: [{ against: contender(peer, method), bound: atLeast(1) }],
    warmUpRounds: 3,
  }
}

function contender({ name, file }: ConsulContender, method: ConsulMethod): Contender {
  return {
    name,
    async open() {
      const consul = await startConsul()
      const writer = new ConsulClient({ addresses: [`127.0.0.1:${consul.ports.http}`] })
      await fill(writer, 'many', 1_000)
      await fill(writer, 'changing', 100)
      const stopping = new AbortController()
      if (method === 'watch') keepChanging(writer, stopping.signal).catch(() => {})
      const client = await Program.start(new URL(`programs/${file}`, import.meta.url), {
        port: consul.ports.http,
        method,
      })
      return {
        async measure() {
          const before = await client.cpuMs()
          const { count } = await client.ask<Done>('run', ROUND_MS)
          return (count * 1000) / ((await client.cpuMs()) - before)
        },
        async close() {
          stopping.abort()
          await client.close()
          await writer.close()
          await consul.stop()
        },
      }
    },
  }
}

/** Registers instances of a service in the catalog, on a node of their own. */
async function fill(client: ConsulClient, service: string, count: number): Promise<void> {
  const node = { Node: service, Address: '10.0.0.1' }
  await client.call({ method: 'PUT', path: ['catalog', 'register'], body: node })
  for (let from = 0; from < count; from += TRANSACTION) {
    const size = Math.min(TRANSACTION, count - from)
    const body = Array.from({ length: size }, (_, at) => setting(service, from + at, 80))
    await client.call({ method: 'PUT', path: ['txn'], body })
  }
}

/** Changes one instance after the other, at a pace at which every client hears of each, until that is stopped or Consul is gone. */
async function keepChanging(client: ConsulClient, signal: AbortSignal): Promise<void> {
  for (let made = 0; !signal.aborted; made++) {
    const body = [setting('changing', made % 100, (made % 60_000) + 1)]
    await client.call({ method: 'PUT', path: ['txn'], body })
    await delay(CHANGE_EVERY_MS, undefined, { signal })
  }
}

function setting(service: string, at: number, Port: number): object {
  const Meta = { zone: 'eu-west-1a', version: '1.4.2', commit: '4f2c9e1' }
  const Service = { ID: `${service}-${at}`, Service: service, Address: '10.0.0.1', Port, Tags: ['blue'], Meta }
  return { Service: { Verb: 'set', Node: service, Service } }
}
