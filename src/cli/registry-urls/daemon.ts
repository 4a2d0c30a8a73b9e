import { readTls, TLS_PARAMETERS } from './tls-parameters.ts'
import type { RegistryScheme } from './registry-scheme.ts'

/** Port of a registry daemon whose URL names none. */
const DAEMON_PORT = 8500

/** A registry daemon; its token is the password, with no user. */
export const daemonScheme: RegistryScheme = {
  name: 'ropewalk',
  form: 'ropewalk://:token@host:port',
  locate(url) {
    const { user = '', password: token } = url.credentials
    if (user !== '') throw url.refused('a registry daemon takes no user: a token goes between ":" and "@"')
    if (token !== undefined && !/^[!-~]+$/.test(token)) throw url.refused('a token has visible ASCII characters only')
    url.requireNoPath()
    const tls = readTls(url, url.parameters(TLS_PARAMETERS))
    const daemon = { ...url.host({ port: DAEMON_PORT }), token, tls }
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
