import { connectEtcd } from '../../daemon/programs/etcd-connection.ts'
import { answer, input } from '../../harness/answer.ts'
import { inBatches, serviceInstance } from './instances.ts'

/* Registers very many instances in an etcd, of a thousand services, on 64 leases. */

const LEASES = 64
const TTL_SECONDS = 600

const { port } = input() as { port: number }
const client = await connectEtcd('bare', port)
for (let lease = 1; lease <= LEASES; lease++) await client.grant(lease, TTL_SECONDS)

answer({}, { fill: (instances: number) => inBatches(instances, put) })

async function put(number: number): Promise<void> {
  const instance = serviceInstance(number)
  const lease = (number % LEASES) + 1
  await client.put(`/services/${instance.serviceName}/${instance.id}`, JSON.stringify(instance), lease)
}
