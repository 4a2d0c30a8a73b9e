import type { RegistryScheme } from './registry-scheme.ts'

/** One registry in this process, however often it is opened. */
export const memoryScheme: RegistryScheme = {
  name: 'memory',
  form: 'memory:',
  locate(url) {
    if (url.text !== '') throw url.refused('nothing may follow the colon')
    url.parameters({})
    return {
      kind: 'memory',
      load: async () => {
        const { SharedMemoryRegistry } = await import('../shared-memory-registry.ts')
        return () => new SharedMemoryRegistry()
      },
    }
  },
}
