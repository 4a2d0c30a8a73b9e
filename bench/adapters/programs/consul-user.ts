import type { Instance } from '../../../src/discovery/instance.ts'
import { answer } from '../../harness/answer.ts'
import { closedLoop, type Done } from '../../daemon/programs/closed-loop.ts'
import { userInstance } from '../../daemon/programs/users.ts'
import { registrationOf } from '../../../src/adapters/consul/registration.ts'

/** Uses a client of Consul. Each function does its thing once. */
export interface ConsulUser {
  /** Registers a service with a TTL check at the agent; the body is what `registrationOf` makes. */
  register(body: ServiceBody): Promise<void>
  /** Tells the agent that the check of such a service passes. */
  pass(body: ServiceBody): Promise<void>
  /** Reads the instances of a service: what their JSON says. */
  read(serviceName: string): Promise<readonly unknown[]>
  /** Follows a service; the function resolves with the next answer that has something new. */
  watch(serviceName: string): Promise<() => Promise<readonly unknown[]>>
}

/** What is registered with an agent. */
export interface ServiceBody {
  readonly ID: string
  readonly Name: string
  readonly Check: { readonly CheckID: string }
}

/** What a user is asked to do, by the name of the method. */
export type ConsulMethod = 'register' | 'pass' | 'read' | 'watch'

/** How many instances are registered over and over: a Consul agent gets slow when it has many. */
const REGISTERED = 50

/** How many requests are in flight. */
const AT_ONCE = 16

type Workers = Array<() => Promise<unknown>>

let number = 0

const WORKERS: Readonly<Record<ConsulMethod, (user: ConsulUser) => Promise<Workers>>> = {
  register: async user => workers(() => user.register(bodyOf(userInstance(number++ % REGISTERED)))),
  async pass(user) {
    const bodies = Array.from({ length: AT_ONCE }, () => bodyOf(userInstance(number++)))
    for (const body of bodies) await user.register(body)
    return bodies.map(body => () => user.pass(body))
  },
  read: async user => [() => user.read('many')],
  watch: async user => [await user.watch('changing')],
}

/** Prepares for `method`, and then answers the benchmark. */
export async function serve(user: ConsulUser, method: ConsulMethod): Promise<void> {
  const all = await WORKERS[method](user)
  answer({}, { run: (durationMs: number): Promise<Done> => closedLoop(all, durationMs) })
}

function bodyOf(instance: Instance): ServiceBody {
  const options = {
    ttlMs: 600_000,
    claim: 'c',
    write: number,
    checkId: `ropewalk:${instance.id}`,
    removeAfterMs: 60_000,
  }
  return registrationOf({ instance, ...options }) as ServiceBody
}

function workers(work: () => Promise<unknown>): Workers {
  return Array.from({ length: AT_ONCE }, () => work)
}
