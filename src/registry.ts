/** `ropewalk/registry`: any registry by its URL. */
export { openRegistry } from './cli/open-registry.ts'
export { InvalidRegistryUrlError, PackageMissingError } from './cli/errors.ts'
export { RegistryService, type RegistryServiceOptions } from './discovery/registry-service.ts'
