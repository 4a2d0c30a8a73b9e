import { parseRegistryUrl } from '../../../src/cli/registry-url.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import { closedLoop, type Done } from '../../daemon/programs/closed-loop.ts'
import { userInstance } from '../../daemon/programs/users.ts'
import { answer, input } from '../../harness/answer.ts'
import { median } from '../../harness/statistics.ts'

/* Uses the registry at a URL as an application does: registers, renews, changes and watches. */

const REGISTERING = 16
const RENEWING = 64
const AT_ONCE = 64
const TTL = { ttlMs: 600_000 }

const { url } = input() as { url: string }
const open = await parseRegistryUrl(url).load()
const [registry, other] = [open({ clientName: 'benchmark' }), open({ clientName: 'watcher' })]
const registered: Lease[] = []
const renewed: Lease[] = []
let number = 0

answer({}, { register, renew, change, clear })

async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    Array.from({ length: REGISTERING }, () => registerOne),
    durationMs,
  )
}

async function registerOne(): Promise<void> {
  registered.push(await registry.register(userInstance(number++), TTL))
}

async function renew(durationMs: number): Promise<Done> {
  while (renewed.length < RENEWING) renewed.push(await registry.register(userInstance(number++, 'renewed'), TTL))
  return closedLoop(
    renewed.map(lease => () => lease.renew()),
    durationMs,
  )
}

/** Takes out what was registered, a few at a time. */
async function clear(): Promise<void> {
  while (registered.length > 0) await Promise.all(registered.splice(0, AT_ONCE).map(lease => lease.revoke()))
}

/** The median time from the call to the moment at which another connection has seen the change, in milliseconds. */
async function change(rounds: number): Promise<number> {
  const instance = createInstance({ serviceName: 'changing', id: 'one', endpoints: ['tcp://127.0.0.1:1'] })
  const lease = await registry.register(instance, TTL)
  const controller = new AbortController()
  const sets = other.watch('changing', controller)[Symbol.asyncIterator]()
  await sets.next()
  const times: number[] = []
  for (let weight = 2; weight < rounds + 2; weight++) {
    const beganAt = performance.now()
    const updating = lease.update({ weight })
    for (let seen = 0; seen !== weight;) seen = (await sets.next()).value?.instances[0]?.weight ?? 0
    times.push(performance.now() - beganAt)
    await updating
  }
  await sets.return?.()
  await lease.revoke()
  return median(times)
}
