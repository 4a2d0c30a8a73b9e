import type { TestContext } from 'node:test'
import { ConsulClient, type ConsulClientOptions } from '../../../src/adapters/consul/client.ts'
import { ConsulEngine, type ConsulEngineOptions } from '../../../src/adapters/consul/engine.ts'
import type { Instance, InstanceInit } from '../../../src/discovery/instance.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { PATIENCE_MS } from '../../patience.ts'

/** A limit of time for one call. */
export function call(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(PATIENCE_MS) }
}

/** Uses the Consul on a port in the ways of the project and of others, until the test is over. */
export class RealConsul {
  readonly #t: TestContext
  readonly #port: number

  constructor(t: TestContext, port: number) {
    this.#t = t
    this.#port = port
  }

  /** As something else than Ropewalk would use it. */
  client(options: ConsulClientOptions = {}): ConsulClient {
    const client = new ConsulClient({ addresses: [`127.0.0.1:${this.#port}`], ...options })
    this.#t.after(() => client.close())
    return client
  }

  engine(options: ConsulEngineOptions = {}): ConsulEngine {
    const engine = new ConsulEngine({ addresses: [`127.0.0.1:${this.#port}`], ...options })
    this.#t.after(() => engine.close(call()))
    return engine
  }
}

/** An Instance of the service `serviceName`. */
export function instanceOf(serviceName: string, init: Partial<InstanceInit> = {}): Instance {
  return createInstance({ serviceName, id: 'a', endpoints: ['tcp://127.0.0.1:80'], startedAt: 0, ...init })
}
