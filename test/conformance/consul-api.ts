import { ConsulAgent } from './consul-agent.ts'
import { openConsul } from './consul.ts'
import type { RegistryTrial } from './registry-trial.ts'

/** ConsulRegistry, with our own daemon in the place of Consul. */
export const consulApi: RegistryTrial = {
  title: 'ConsulRegistry over the Consul API of the daemon',
  deviations: {},
  pace: {
    instances: 300,
    services: 200,
    reason:
      'the API of Consul answers each change with the whole set, so that n changes of n instances take n² of them',
  },
  async start() {
    const agent = await ConsulAgent.start()
    return {
      open: () => openConsul(agent.port, options => agent.restart(options)),
      stop: () => agent.stop(),
    }
  },
}
