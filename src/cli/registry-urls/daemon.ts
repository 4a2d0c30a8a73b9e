import { readTls, TLS_PARAMETERS } from './tls-parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'

/** Port of a registry daemon whose URL names none. */
const DAEMON_PORT = 8500

/** A registry daemon, or several that are fronts of the same, of which the first is asked what only a daemon can do; the token is the password, with no user. */
export const daemonScheme: RegistryScheme = {
  name: 'ropewalk',
  form: 'ropewalk://:token@host:port,host:port',
  locate(url) {
    const { user = '', password: token } = url.credentials
    if (user !== '') throw url.refused('a registry daemon takes no user: a token goes between ":" and "@"')
    if (token !== undefined && !/^[!-~]+$/.test(token)) throw url.refused('a token has visible ASCII characters only')
    url.requireNoPath()
    const tls = readTls(url, url.parameters(TLS_PARAMETERS))
    const [first, ...more] = url.hosts({ port: DAEMON_PORT })
    if (!first) throw url.refused('it names no host')
    const daemon = { ...first, token, tls }
    return {
      kind: 'daemon',
      daemon,
      load: async () => {
        const { DaemonRegistry } = await import('../../adapters/daemon/index.ts')
        return ({ clientName }) => new DaemonRegistry({ ...daemon, hosts: [first, ...more], clientName })
      },
    }
  },
}
