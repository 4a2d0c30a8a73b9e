import Consul from 'consul'
import { input } from '../../harness/answer.ts'
import { type ConsulMethod, type ConsulUser, serve } from './consul-user.ts'

/* The package consul as its manual shows it. */

const { port, method } = input() as { port: number; method: ConsulMethod }
const consul = new Consul({ host: '127.0.0.1', port })

const user: ConsulUser = {
  async register(body) {
    await consul.agent.service.register(body as never)
  },
  async pass({ Check }) {
    await consul.agent.check.pass(Check.CheckID)
  },
  async read(serviceName) {
    return (await consul.health.service(serviceName)) as readonly unknown[]
  },
  async watch(serviceName) {
    let changed = Promise.withResolvers<readonly unknown[]>()
    const health = consul.health.service.bind(consul.health)
    const watch = consul.watch({ method: health, options: { service: serviceName } })
    watch.on('change', (data: readonly unknown[]) => {
      const { resolve } = changed
      changed = Promise.withResolvers()
      resolve(data)
    })
    // What it hears while nobody asks, between two rounds, counts for nobody.
    return () => changed.promise
  },
}

await serve(user, method)
