import type { RegistryScheme } from './registry-scheme.ts'

/** Port of a registry daemon whose URL names none. */
const DAEMON_PORT = 8500

/** A registry daemon. */
export const daemonScheme: RegistryScheme = {
  name: 'ropewalk',
  form: 'ropewalk://host:port',
  locate(url) {
    const daemon = url.host({ port: DAEMON_PORT })
    const { user } = url.credentials
    if (user !== undefined) throw url.refused('a registry daemon takes no user or password')
    url.requireNoPath()
    url.parameters({})
    return {
      kind: 'daemon',
      daemon,
      load: async () => {
        const { DaemonRegistry } = await import('../../adapters/daemon/index.ts')
        return ({ clientName }) => new DaemonRegistry({ ...daemon, clientName })
      },
    }
  },
}
