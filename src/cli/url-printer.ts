import { BaseService } from '../application/base-service.ts'
import { printLine } from './output.ts'

/** Prints the URL of a registry daemon on stdout, for people and scripts, once it can be used. */
export class UrlPrinter extends BaseService {
  readonly #daemon: { readonly endpoints: readonly string[] }

  constructor(daemon: { readonly endpoints: readonly string[] }) {
    super('url')
    this.#daemon = daemon
  }

  protected override onRegister(): void {
    for (const endpoint of this.#daemon.endpoints) printLine(registryUrl(endpoint))
  }
}

/** The endpoint as others give it to `--registry`. */
function registryUrl(endpoint: string): string {
  return endpoint.startsWith('tls:')
    ? `${endpoint.replace(/^tls:/, 'ropewalk:')}?tls`
    : endpoint.replace(/^tcp:/, 'ropewalk:')
}
