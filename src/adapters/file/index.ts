/** `ropewalk/adapters/file`: a file that lists instances as a Registry. */
export type { InstanceList, ListedInstance } from '../../discovery/read-only/listed-instances.ts'
export { InstanceFileError } from './errors.ts'
export { FileRegistry, type FileRegistryOptions } from './registry.ts'
