import type { InstanceStatus } from '../../src/discovery/instance.ts'
import { LEASE_HEADER, type ServicesAnswer, type SetAnswer, type StatusAnswer } from '../../src/protocol/rest.ts'
import type { DaemonProcess } from './daemon-process.ts'

/** How many instances there are of which status. */
export type Statuses = Partial<Record<InstanceStatus, number>>

/** Reads from a daemon over REST, as somebody with curl would. */
export class RegistryReader {
  readonly #daemon: DaemonProcess

  constructor(daemon: DaemonProcess) {
    this.#daemon = daemon
  }

  /** The answer to a GET below the REST API, as JSON. Rejects for any status but 200. */
  async get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#daemon.url}/api/v1${path}`)
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${text}`)
    return JSON.parse(text)
  }

  /** All instances by status, and the revision. */
  async statuses(): Promise<{ statuses: Statuses; revision: number }> {
    const { services, revision } = (await this.get('/services')) as ServicesAnswer
    const sum: Record<string, number> = {}
    for (const { statuses } of services) {
      for (const [status, count] of Object.entries(statuses)) sum[status] = (sum[status] ?? 0) + count
    }
    return { statuses: sum, revision }
  }

  async set(serviceName: string): Promise<SetAnswer> {
    return (await this.get(`/services/${serviceName}`)) as SetAnswer
  }

  async status(): Promise<StatusAnswer> {
    return (await this.get('/status')) as StatusAnswer
  }

  /** Registers by REST. */
  async put(path: string, body: unknown, lease?: string): Promise<{ status: number; text: string }> {
    const headers: Record<string, string> = lease === undefined ? {} : { [LEASE_HEADER]: lease }
    const answer = await fetch(`${this.#daemon.url}/api/v1${path}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text() }
  }
}
