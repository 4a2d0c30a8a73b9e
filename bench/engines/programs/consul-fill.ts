import { ConsulClient } from '../../../src/adapters/consul/client.ts'
import { answer, input } from '../../harness/answer.ts'
import { inBatches, serviceInstance } from './instances.ts'

/* Registers very many instances in the catalog of a Consul, of a thousand services, on a node and in the largest transactions that it takes. */

const OPERATIONS = 64
const NODE = { Node: 'hosts', Address: '10.0.0.1' }

const { port } = input() as { port: number }
const client = new ConsulClient({ addresses: [`127.0.0.1:${port}`], attemptMs: 60_000 })
await client.call({ method: 'PUT', path: ['catalog', 'register'], body: NODE })

answer({}, { fill })

async function fill(instances: number): Promise<void> {
  await inBatches(Math.ceil(instances / OPERATIONS), transaction, 4)
}

async function transaction(number: number): Promise<void> {
  const body = Array.from({ length: OPERATIONS }, (_, at) => setting(number * OPERATIONS + at))
  await client.call({ method: 'PUT', path: ['txn'], body })
}

function setting(number: number): object {
  const { id, serviceName, endpoints, tags, zone, version, metadata } = serviceInstance(number)
  const { hostname: Address, port: Port } = new URL(endpoints[0] ?? '')
  const Meta = { zone, version, ...metadata }
  const Service = { ID: id, Service: serviceName, Address, Port: Number(Port), Tags: tags, Meta }
  return { Service: { Verb: 'set', Node: NODE.Node, Service } }
}
