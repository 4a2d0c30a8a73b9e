import { EngineRegistry, type EngineRegistrySettings } from '../../discovery/engine/engine-registry.ts'
import { ConsulEngine, type ConsulEngineOptions } from './engine.ts'

/** Which Consul, how to use it, and how to be a Registry over it. */
export interface ConsulRegistryOptions
  extends Omit<ConsulEngineOptions, 'unnotedMs'>, Omit<EngineRegistrySettings, 'clock' | 'random' | 'clientName'> {}

/**
 * Consul as a Registry, from 1.8 on. An Instance is a service registered with an agent, with a TTL check; what Consul has fields for is in
 * them, so that other programs find our instances, and those of others are found by us (docs/guide/consul.md has the table).
 *
 * A registration belongs to the agent that took it. While that cannot be reached it cannot be renewed; when its TTL is over it is lost, and
 * registering anew goes to the next agent of `addresses` that answers. Reading goes there at once.
 */
export class ConsulRegistry extends EngineRegistry {
  constructor(options: ConsulRegistryOptions = {}) {
    const { quietMs } = options
    super(new ConsulEngine({ ...options, ...(quietMs !== undefined && { unnotedMs: 0 }) }), options)
  }
}
