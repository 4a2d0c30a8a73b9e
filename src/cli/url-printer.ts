import { BaseService } from '../application/base-service.ts'
import { printLine } from './output.ts'

/** Prints the URL of a registry daemon on stdout, for people and scripts, once it can be used, and behind it what else scripts wait for. */
export class UrlPrinter extends BaseService {
  readonly #daemon: { readonly endpoints: readonly string[] }
  readonly #lines: readonly string[]

  constructor(daemon: { readonly endpoints: readonly string[] }, lines: readonly string[] = []) {
    super('url')
    this.#daemon = daemon
    this.#lines = lines
  }

  protected override onRegister(): void {
    for (const endpoint of this.#daemon.endpoints) printLine(registryUrl(endpoint))
    for (const line of this.#lines) printLine(line)
  }
}

/** The endpoint as others give it to `--registry`. */
function registryUrl(endpoint: string): string {
  return endpoint.startsWith('tls:')
    ? `${endpoint.replace(/^tls:/, 'ropewalk:')}?tls`
    : endpoint.replace(/^tcp:/, 'ropewalk:')
}
