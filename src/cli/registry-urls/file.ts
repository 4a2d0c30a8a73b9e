import type { RegistryScheme } from './registry-scheme.ts'

/** A file that lists instances, as JSON or YAML by its name. */
export const fileScheme: RegistryScheme = {
  name: 'file',
  form: 'file:./instances.yaml',
  locate(url) {
    const path = url.text.replace(/^\/\/(?=\/)/, '')
    if (path === '' || path.startsWith('//')) throw url.refused('it names no file')
    url.parameters({})
    return {
      kind: 'file',
      load: async () => {
        const { FileRegistry } = await import('../../adapters/file/index.ts')
        if (!/\.ya?ml$/i.test(path)) return () => new FileRegistry({ path })
        const { parse } = await import('yaml')
        return () => new FileRegistry({ path, parse })
      },
    }
  },
}
