/** `ropewalk/adapters/consul`: HashiCorp Consul as a Registry. */
export { ConsulForbiddenError, ConsulRefusedError, type ConsulRefusal } from './errors.ts'
export { ConsulRegistry, type ConsulRegistryOptions } from './registry.ts'
export type { ConsulTls } from './tls.ts'
