import { ZookeeperClient, type ZookeeperClientOptions } from '../../../src/adapters/zookeeper/client.ts'
import { dialSocket } from '../../../src/adapters/zookeeper/connection.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { systemRandom } from '../../../src/core/random.ts'

/** A client of ZooKeeper on these ports of 127.0.0.1, and the errors of the connections that it lost. */
export function clientTo(
  ports: readonly number[],
  options: Partial<ZookeeperClientOptions> = {},
): { client: ZookeeperClient; losses: Error[] } & AsyncDisposable {
  const losses: Error[] = []
  const client = new ZookeeperClient({
    servers: ports.map(port => ({ host: '127.0.0.1', port })),
    credentials: undefined,
    sessionMs: 15_000,
    connectMs: 5_000,
    dial: dialSocket(),
    clock: systemClock,
    random: systemRandom,
    observer: { onLink() {}, onLoss: error => losses.push(error) },
    ...options,
  })
  return {
    client,
    losses,
    [Symbol.asyncDispose]: () => client.close(new Error('closed'), { signal: AbortSignal.timeout(5_000) }),
  }
}
