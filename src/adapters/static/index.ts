/** `ropewalk/adapters/static`: a fixed list as a Registry. */
export type { InstanceList, ListedInstance } from '../../discovery/read-only/listed-instances.ts'
export { StaticRegistry, type StaticRegistryOptions } from './registry.ts'
