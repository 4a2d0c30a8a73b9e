import type { Instance } from '../../../src/discovery/instance.ts'
import { answer } from '../../harness/answer.ts'
import { closedLoop, type Done } from '../../daemon/programs/closed-loop.ts'
import { userInstance } from '../../daemon/programs/users.ts'

/** How many instances are read. */
const INSTANCES = 1_000

/** Uses a client of etcd. Each function does its thing once. */
export interface EtcdUser {
  /** Registers an instance: a key on a lease of its own. */
  register(instance: Instance): Promise<void>
  /** Makes a lease; the function renews it. */
  lease(): Promise<() => Promise<void>>
  /** Reads what is kept of the instances of `users`: what their JSON says. */
  parse(): Promise<readonly unknown[]>
  /** Reads the instances of `users`, each one checked and frozen. */
  read(): Promise<readonly Instance[]>
  /** Calls `onChange` for every instance of `users` that is written. */
  watch(onChange: (instance: Instance) => void): Promise<void>
  /** Writes an instance without a lease. */
  write(instance: Instance): Promise<void>
}

/** What a user is asked to do, by the name of the method. */
type Method = 'register' | 'renew' | 'parse' | 'read' | 'watch' | 'write'

let number = 0
let heard = 0
let awaited = { count: Infinity, reached: Promise.withResolvers<void>() }

/** Prepares for `method`, and then answers the benchmark. */
export async function serve(user: EtcdUser, method: Method): Promise<void> {
  const workers = await WORKERS[method](user)
  answer({}, { run: (durationMs: number): Promise<Done> => closedLoop(workers, durationMs), heard: hearAll })
}

/** Resolves when so many changes have been heard since it was last asked. */
async function hearAll(count: number): Promise<void> {
  awaited = { count, reached: Promise.withResolvers() }
  if (heard < count) await awaited.reached.promise
  heard = 0
}

function hear(): void {
  if (++heard === awaited.count) awaited.reached.resolve()
}

type Workers = Array<() => Promise<unknown>>

const WORKERS: Readonly<Record<Method, (user: EtcdUser) => Promise<Workers>>> = {
  register: async user => copies(16, () => user.register(userInstance(number++))),
  renew: user => Promise.all(copies(64, () => user.lease()).map(lease => lease())),
  parse: user => reading(user, () => user.parse()),
  read: user => reading(user, () => user.read()),
  async watch(user) {
    await user.watch(hear)
    return []
  },
  write: async user => copies(16, () => user.write(userInstance(number++ % INSTANCES))),
}

async function reading(user: EtcdUser, read: () => Promise<readonly unknown[]>): Promise<Workers> {
  for (let at = 0; at < INSTANCES; at++) await user.write(userInstance(at))
  return [() => all(read())]
}

async function all(read: Promise<readonly unknown[]>): Promise<void> {
  const { length } = await read
  if (length !== INSTANCES) throw new Error(`Read ${length} instances`)
}

function copies<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item)
}
