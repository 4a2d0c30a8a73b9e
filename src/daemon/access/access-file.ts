import type { RequestHead } from '../../web/whole-request.ts'
import { readFile, stat } from 'node:fs/promises'
import { BaseService } from '../../application/base-service.ts'
import { sleep } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Access, Identity } from './access.ts'
import { type AccessRules, readAccessRules } from './access-rules.ts'
import { AccessRulesError } from './errors.ts'
import { Grants } from './grants.ts'
import { RulesAccess } from './rules-access.ts'

/** The longest file of rules, in bytes. */
const RULES_BYTES_MAX = 4 * 2 ** 20

/** How rules are kept up with. */
export interface AccessFileOptions {
  /** How often the file is looked at for a change, in milliseconds. Default 5,000. */
  checkMs?: number | undefined
  clock?: Clock | undefined
}

/** Before the file is read nobody may anything. */
const NOBODY: AccessRules = { anonymous: new Grants({}), byHash: new Map(), byCertificate: new Map() }

/**
 * Access by the rules in a file: a Service to be started before the daemon. A change of the file counts within `checkMs`, also for who is
 * connected. A file that can no longer be read or used changes nothing, and is told by the event `access.rejected`.
 */
export class AccessFile extends BaseService implements Access {
  readonly isControlled = true
  readonly #path: string
  readonly #checkMs: number
  readonly #access = new RulesAccess(NOBODY)
  #stopping = new AbortController()
  #version = ''

  constructor(path: string, { checkMs = 5_000, clock }: AccessFileOptions = {}) {
    super('access', { clock })
    this.#path = path
    this.#checkMs = checkMs
  }

  identify(request: RequestHead): Identity {
    return this.#access.identify(request)
  }

  identifyToken(token: string): Identity {
    return this.#access.identifyToken(token)
  }

  identifyHash(hash: string): Identity {
    return this.#access.identifyHash(hash)
  }

  watch(onChange: () => void): () => void {
    return this.#access.watch(onChange)
  }

  /** Reads the file again, at once. Rejects with `AccessRulesError`, and the old rules stay, when it cannot be used. */
  async reload(): Promise<void> {
    const rules = readAccessRules(await this.#text(), this.#path)
    this.#access.replace(rules)
    const message = `The access rules in ${this.#path} count: ${rules.byHash.size + rules.byCertificate.size} ways to show who one is`
    publish('daemon', { level: 'info', event: 'access.loaded', message, path: this.#path })
  }

  /** Rejects with `AccessRulesError`. */
  protected override async onStart(): Promise<void> {
    this.#version = await this.#look()
    await this.reload()
    this.#stopping = new AbortController()
    void this.#follow(this.#stopping.signal)
  }

  protected override onStop(): void {
    this.#stopping.abort()
    this.#access.replace(NOBODY)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.clock, this.#checkMs, { signal }).catch(() => {})
      if (!signal.aborted) await this.#reloadIfChanged()
    }
  }

  async #reloadIfChanged(): Promise<void> {
    const version = await this.#look()
    if (version === this.#version) return
    this.#version = version
    try {
      await this.reload()
      this.recover()
    } catch (error) {
      const { message } = error as Error
      this.degrade(message)
      publish('daemon', { level: 'error', event: 'access.rejected', message: `${message}; the old ones stay`, error })
    }
  }

  async #look(): Promise<string> {
    const file = await stat(this.#path, { bigint: true }).catch(() => undefined)
    return file ? `${file.ino}/${file.mtimeNs}/${file.size}` : 'missing'
  }

  async #text(): Promise<string> {
    try {
      const bytes = await readFile(this.#path)
      if (bytes.length <= RULES_BYTES_MAX) return bytes.toString()
    } catch (cause) {
      throw new AccessRulesError(this.#path, (cause as Error).message, { cause })
    }
    throw new AccessRulesError(this.#path, `the file is longer than ${RULES_BYTES_MAX} bytes`)
  }
}
