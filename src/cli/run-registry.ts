import { homedir } from 'node:os'
import { join } from 'node:path'
import { Application } from '../application/application.ts'
import { RegistryDaemon } from '../daemon/registry-daemon.ts'
import { RestFrontend } from '../daemon/rest/rest-frontend.ts'
import { parseEndpoint } from '../endpoint/parse-endpoint.ts'
import { run } from '../run.ts'
import { packageVersion } from './package-version.ts'
import { UrlPrinter } from './url-printer.ts'

/** How `ropewalk registry` runs the daemon. */
export interface RunRegistryOptions {
  /** Where to listen, as an endpoint string. */
  readonly listen: string
  /** Where to keep data: null for nowhere, undefined for the folder of the user's state. */
  readonly dataPath?: string | null | undefined
  readonly graceMs?: number | undefined
  readonly insecure?: boolean | undefined
}

/** Runs the registry daemon in the foreground until it is told to end; its URL goes to stdout when it is ready. */
export async function runRegistry({ listen, dataPath, graceMs, insecure }: RunRegistryOptions): Promise<void> {
  const daemon = new RegistryDaemon({
    name: 'daemon',
    endpoint: listen,
    dataPath: dataPath === undefined ? defaultDataPath(listen) : (dataPath ?? undefined),
    graceMs,
    insecure,
    version: packageVersion(),
    frontends: [new RestFrontend()],
  })
  await run(new Application('registry', [daemon, new UrlPrinter(daemon)]))
}

/**
 * The folder of the data unless another is named: one for each port, below `$XDG_STATE_HOME` or `~/.local/state`. Undefined, so in memory,
 * for a port chosen by the system: nobody would find the data again.
 */
export function defaultDataPath(listen: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const endpoint = parseEndpoint(listen)
  const name = endpoint.scheme === 'unix' ? 'unix' : endpoint.port
  if (name === 0) return undefined
  return join(environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'ropewalk', `registry-${name}`)
}
