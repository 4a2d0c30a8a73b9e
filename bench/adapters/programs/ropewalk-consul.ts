import { ConsulClient } from '../../../src/adapters/consul/client.ts'
import { contentOf } from '../../../src/adapters/consul/request.ts'
import { input } from '../../harness/answer.ts'
import { type ConsulMethod, type ConsulUser, serve } from './consul-user.ts'

/* Our client of Consul. */

const { port, method } = input() as { port: number; method: ConsulMethod }
const client = new ConsulClient({ addresses: [`127.0.0.1:${port}`] })
const query = { 'replace-existing-checks': 'true' }

const user: ConsulUser = {
  async register(body) {
    await client.call({ method: 'PUT', path: ['agent', 'service', 'register'], query, body })
  },
  async pass({ Check }) {
    await client.call({ method: 'PUT', path: ['agent', 'check', 'pass', Check.CheckID] })
  },
  async read(serviceName) {
    return contentOf(await client.call({ path: ['health', 'service', serviceName] })) as readonly unknown[]
  },
  async watch(serviceName) {
    const answers = client.follow({ path: ['health', 'service', serviceName] })
    return async () => {
      const { value } = await answers.next()
      if (!value) throw new Error('The watch has ended')
      return contentOf(value) as readonly unknown[]
    }
  },
}

await serve(user, method)
