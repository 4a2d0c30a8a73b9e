/** `ropewalk/adapters/dns`: DNS as a Registry that is only read. */
export { DnsFailedError } from './errors.ts'
export { DnsRegistry, type DnsRegistryOptions } from './registry.ts'
