/** `ropewalk/registry`: any registry by its URL. */
export { openRegistry } from './cli/open-registry.ts'
export { InvalidRegistryUrlError, PackageMissingError } from './cli/errors.ts'
export { RegistryService, type RegistryServiceOptions } from './discovery/registry-service.ts'
export type {
  Engine,
  EngineCall,
  EngineClaim,
  EngineNames,
  EngineNote,
  EngineNotes,
  EngineSet,
  InstanceKey,
} from './discovery/engine/engine.ts'
export { EngineRegistry, type EngineRegistrySettings } from './discovery/engine/engine-registry.ts'
export { SortedInstances } from './discovery/engine/sorted-instances.ts'
export { RegistrySync, type RegistrySyncOptions } from './discovery/sync/registry-sync.ts'
export {
  InstanceConflictError,
  InvalidInstanceError,
  LeaseLostError,
  RegistryClosedError,
  RegistryUnavailableError,
} from './discovery/errors.ts'
