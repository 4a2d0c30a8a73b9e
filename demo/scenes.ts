import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoProcess } from './demo-process.ts'
import { moment } from './message.ts'
import type { DemoSystem, ServiceName } from './system.ts'

/** One thing that happens to the running system while the load goes on. Returns what crashed, if something did. */
export interface Scene {
  readonly title: string
  play(system: DemoSystem): Promise<Crash | void>
}

/** Longer than the 2 s TTL of the demo's instances. */
const PAUSE_MS = 3_500

/** A moment from which an instance must not be picked any more. */
export interface Crash {
  readonly id: string
  readonly at: number
}

async function replace(system: DemoSystem, serviceName: ServiceName, old: DemoProcess): Promise<void> {
  await system.stopInstance(serviceName, old)
  await system.startInstance(serviceName)
}

const steady: Scene = {
  title: 'nothing happens',
  // The load grows for a third of it.
  play: () => sleep(9_000),
}

const rollingRestart: Scene = {
  title: 'rolling restart of every instance',
  async play(system) {
    for (const serviceName of ['users', 'orders'] as const) {
      for (const old of system.instances(serviceName)) await replace(system, serviceName, old)
    }
  },
}

const crash: Scene = {
  title: 'SIGKILL of one users, and a new one',
  async play(system) {
    const [victim] = system.instances('users')
    if (!victim) throw new Error('There are no users to kill')
    const { id } = await victim.untilTold('registered')
    await sleep(500) // so that nothing else is still going on
    const at = moment()
    await system.stopInstance('users', victim, 'SIGKILL')
    await sleep(500)
    await system.startInstance('users')
    await untilUnpicked(system, id)
    return { id, at }
  },
}

/** Waits until no caller would pick it any more, at most 15 s: engines that know only TTLs take theirs. */
async function untilUnpicked(system: DemoSystem, id: string): Promise<void> {
  const picks = () => system.instances('orders').some(each => each.told('pickable').at(-1)?.ids.includes(id))
  for (let waits = 0; waits < 300 && picks(); waits++) await sleep(50)
}

const registryRestart: Scene = {
  title: 'SIGKILL of the registry, restarted with its data',
  async play(system) {
    await system.registry.kill()
    await sleep(1_000)
    await system.registry.start({ empty: false })
    await sleep(2_000)
  },
}

const registryLoss: Scene = {
  title: 'SIGKILL of the registry, restarted without its data',
  async play(system) {
    await system.registry.kill()
    await sleep(1_000)
    await system.registry.start({ empty: true })
    await sleep(4_000)
  },
}

const pause: Scene = {
  title: 'SIGSTOP of one users for longer than its TTL',
  async play(system) {
    const [paused] = system.instances('users')
    paused?.signal('SIGSTOP')
    await sleep(PAUSE_MS)
    paused?.signal('SIGCONT')
    await sleep(1_000)
  },
}

const scale: Scene = {
  title: 'scale users to 6 and back to 3',
  async play(system) {
    await Promise.all([1, 2, 3].map(() => system.startInstance('users')))
    await sleep(1_000)
    const surplus = system.instances('users').slice(0, 3)
    await Promise.all(surplus.map(instance => system.stopInstance('users', instance)))
  },
}

/** Those that are left when it is to be quick: what can go wrong with a registry. */
export const QUICK_SCENES: readonly Scene[] = [rollingRestart, crash, registryRestart, registryLoss]

/** In the order they are shown. */
export const SCENES: readonly Scene[] = [steady, rollingRestart, crash, registryRestart, registryLoss, pause, scale]
