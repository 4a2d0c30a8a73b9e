import type { ZookeeperClientOptions } from '../../../src/adapters/zookeeper/client.ts'
import { ZookeeperEngine } from '../../../src/adapters/zookeeper/engine.ts'
import { Layout } from '../../../src/adapters/zookeeper/layout.ts'
import { OPEN_ACL } from '../../../src/adapters/zookeeper/operations.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceInit } from '../../../src/discovery/instance.ts'
import { clientTo } from './client-to.ts'

/** How every call of these tests is made. */
export const call = { signal: new AbortController().signal }

/** An engine over a client of its own. */
export function engineTo(port: number, options: Partial<ZookeeperClientOptions> = {}) {
  const one = clientTo([port], options)
  const layout = new Layout('', '/services')
  const engine = new ZookeeperEngine({
    url: 'zookeeper://test',
    client: one.client,
    layout,
    acl: OPEN_ACL,
    payloadOf: () => null,
  })
  return { ...one, engine, layout }
}

/** An Instance like any other. */
export function instance(serviceName: string, id: string, init: Partial<InstanceInit> = {}) {
  return createInstance({ serviceName, id, endpoints: ['tcp://127.0.0.1:80'], startedAt: 0, ...init })
}
