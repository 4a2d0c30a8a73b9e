import { Client } from '../../../src/client/index.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'

const TTL_MS = 600_000

/** A Client for which the service `users` has one instance on each of these ports of the loopback interface. */
export async function clientOf(ports: readonly number[]): Promise<Client> {
  const registry = new MemoryRegistry()
  const instances = ports.map((port, index) =>
    createInstance({ serviceName: 'users', id: `users-${index}`, endpoints: [`tcp://127.0.0.1:${port}`] }),
  )
  await Promise.all(instances.map(instance => registry.register(instance, { ttlMs: TTL_MS })))
  const client = new Client({ registry })
  await client.start()
  return client
}
