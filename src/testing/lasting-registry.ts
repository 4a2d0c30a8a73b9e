import type { Registry } from '../discovery/registry.ts'

/** More than any test takes. */
const LASTING_MS = 600_000

/** Makes what is registered by `registry` without a TTL of its own last for ten minutes, for tests in which nobody renews; otherwise it is the same. */
export function lastingRegistry(registry: Registry): Registry {
  return {
    register: (instance, options) => registry.register(instance, { ttlMs: LASTING_MS, ...options }),
    watch: (serviceName, options) => registry.watch(serviceName, options),
    services: options => registry.services(options),
    close: () => registry.close(),
  }
}
