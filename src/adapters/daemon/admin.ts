import type { Abortable } from '../../core/abort.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import type { Instance, InstanceInit } from '../../discovery/instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges } from '../../discovery/lease.ts'
import type { RegisterOptions } from '../../discovery/registry.ts'
import {
  LEASE_HEADER,
  type HistoryAnswer,
  type InstancesAnswer,
  type RegistrationAnswer,
  type RenewalAnswer,
  type ServicesAnswer,
  type SetAnswer,
  type StatusAnswer,
  type WatchersAnswer,
} from '../../protocol/rest.ts'
import type { DaemonTls } from './connection.ts'
import { AmbiguousInstanceError, RegistryRefusedError, UnknownInstanceError } from './errors.ts'
import { RestClient, type RestRequest } from './rest-client.ts'

/** Which registry daemon, and how to deal with it. */
export interface DaemonAdminOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 8500. */
  port?: number
  /** Shows who this is where the daemon has rules of access. Default: none. */
  token?: string | undefined
  /** Speaks TLS, with these certificates. Default: no TLS. */
  tls?: DaemonTls | undefined
  clock?: Clock
  /** The longest wait for an answer, in milliseconds. Default 5,000. */
  requestMs?: number
}

/** Which instance: the service name may be left out where the id alone is enough. */
export interface InstanceSelector {
  readonly serviceName?: string | undefined
  readonly id: string
}

/** How to change an instance: with its lease as its holder, without as an operator. */
export interface HolderOptions extends Abortable {
  readonly lease?: string | undefined
}

/** A drain by its holder, or by an operator. */
export interface AdminDrainOptions extends DrainOptions, HolderOptions {}

/**
 * What operators and command lines ask of a registry daemon, over its REST API: one request each, nothing kept open. Everything rejects
 * with `RegistryUnavailableError` when the daemon cannot be reached, with `RegistryRefusedError` when it says no; what takes an
 * `InstanceSelector` also with `UnknownInstanceError` and `AmbiguousInstanceError`.
 */
export class DaemonAdmin {
  readonly #client: RestClient
  readonly #requestMs: number

  /** Throws a TypeError for a token that no header can hold. */
  constructor(options: DaemonAdminOptions = {}) {
    const { host = '127.0.0.1', port = 8500, clock = systemClock, requestMs = 5_000, token, tls } = options
    this.#client = new RestClient({ host, port, clock, token, tls })
    this.#requestMs = requestMs
  }

  /** All services, with how many instances of which status each has. */
  async services(options: Abortable = {}): Promise<ServicesAnswer> {
    return (await this.#request({ path: ['services'], ...options })) as ServicesAnswer
  }

  /** The instances of a service now. Of an unknown one: none, and `known` is false. */
  async instances(serviceName: string, options: Abortable = {}): Promise<SetAnswer> {
    const path = ['services', serviceName]
    return (await this.#request({ path, query: { observer: 'true' }, ...options })) as SetAnswer
  }

  /** The instances of that id in all services. */
  async find(id: string, options: Abortable = {}): Promise<readonly Instance[]> {
    const answer = await this.#request({ path: ['instances'], query: { id }, ...options })
    return (answer as InstancesAnswer).instances
  }

  /** Registers an instance that lives by `renew` alone. Rejects if it is there already. */
  async register(
    { serviceName, id, ...instance }: InstanceInit,
    { ttlMs, signal }: RegisterOptions = {},
  ): Promise<RegistrationAnswer> {
    const path = ['services', serviceName, 'instances', id]
    return (await this.#request({ method: 'PUT', path, body: { ...instance, ttlMs }, signal })) as RegistrationAnswer
  }

  /** Extends the lease of an instance that was registered by `register`. */
  async renew(selector: InstanceSelector, { lease, signal }: HolderOptions): Promise<RenewalAnswer> {
    return (await this.#toInstance(selector, { method: 'POST', action: 'renew', lease, signal })) as RenewalAnswer
  }

  /** Changes an instance in place; its own process does not hear of it. */
  async update(selector: InstanceSelector, changes: InstanceChanges, options: HolderOptions = {}): Promise<Instance> {
    return (await this.#toInstance(selector, { method: 'PATCH', body: changes, ...options })) as Instance
  }

  /** Marks an instance draining and waits until its consumers know, or for `drainMs`. Its process goes on. */
  async drain(selector: InstanceSelector, options: AdminDrainOptions = {}): Promise<DrainReport> {
    const { drainMs = 5_000, lease, signal } = options
    const limitMs = drainMs + this.#requestMs
    const request = { method: 'POST', action: 'drain', body: { drainMs }, limitMs, lease, signal }
    return (await this.#toInstance(selector, request)) as DrainReport
  }

  /** Takes an instance out. One whose process lives will register again. */
  async deregister(selector: InstanceSelector, options: HolderOptions = {}): Promise<void> {
    await this.#toInstance(selector, { method: 'DELETE', ...options })
  }

  /** Who watches a service, and which revision each works with. */
  async watchers(serviceName: string, options: Abortable = {}): Promise<WatchersAnswer> {
    return (await this.#request({ path: ['services', serviceName, 'watchers'], ...options })) as WatchersAnswer
  }

  /** What happened in a service, as far back as the daemon remembers. */
  async history(serviceName: string, options: Abortable = {}): Promise<HistoryAnswer> {
    return (await this.#request({ path: ['services', serviceName, 'history'], ...options })) as HistoryAnswer
  }

  /** The daemon itself. */
  async status(options: Abortable = {}): Promise<StatusAnswer> {
    return (await this.#request({ path: ['status'], ...options })) as StatusAnswer
  }

  async #toInstance(
    { serviceName, id }: InstanceSelector,
    { action, lease, ...request }: InstanceRequest,
  ): Promise<unknown> {
    const service = serviceName ?? (await this.#serviceOf(id, request))
    const path = ['services', service, 'instances', id, ...(action === undefined ? [] : [action])]
    try {
      return await this.#request({ ...request, path, ...(lease && { headers: { [LEASE_HEADER]: lease } }) })
    } catch (error) {
      throw isUnknown(error) ? new UnknownInstanceError(id, { cause: error }) : error
    }
  }

  async #serviceOf(id: string, { signal }: Abortable): Promise<string> {
    const found = await this.find(id, { signal })
    if (found.length > 1) throw new AmbiguousInstanceError(id, found)
    if (!found[0]) throw new UnknownInstanceError(id)
    return found[0].serviceName
  }

  async #request(request: Omit<RestRequest, 'limitMs'> & { limitMs?: number }): Promise<unknown> {
    return this.#client.request({ limitMs: this.#requestMs, ...request })
  }
}

interface InstanceRequest extends Abortable {
  readonly method: string
  /** What is done to the instance, where the method does not say it. */
  readonly action?: string
  readonly body?: unknown
  readonly lease?: string | undefined
  readonly limitMs?: number
}

function isUnknown(error: unknown): boolean {
  return error instanceof RegistryRefusedError && error.daemonCode === 'ERR_NOT_FOUND'
}
