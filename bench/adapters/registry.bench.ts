import type { Done } from '../daemon/programs/closed-loop.ts'
import type { Benchmark, Contender, Subject } from '../harness/benchmark.ts'
import { unbound } from '../harness/bound.ts'
import { Program } from '../harness/program.ts'
import { type MeasuredRegistry, REGISTRIES } from './registries.ts'

const ROUND_MS = 1000
const CHANGES = 20

/** What the figures of a registry are per. */
type Per = 'second' | 'CPU second of our process'

/**
 * How each registry does, by the class that users have, on one machine: figures to know, not to reach. A crash is a SIGKILL of an instance that
 * is being called; it is over when the client picks that instance no more, which is the client's doing, not the registry's.
 */
export const benchmarks: readonly Benchmark[] = REGISTRIES.flatMap(registry =>
  [
    rates(registry, 'register', 'registrations, 16 in flight'),
    rates(registry, 'renew', 'renewals, 64 in flight'),
    [figure('change → watcher of another connection', 'milliseconds', changeSeen(registry))],
    [{ ...figure('crash → no longer picked', 'milliseconds', crashUnpicked(registry)), warmUpRounds: 0, roundsMax: 3 }],
  ].flat(),
)

function rates(registry: MeasuredRegistry, method: string, what: string): Benchmark[] {
  const pers: Per[] = ['second', 'CPU second of our process']
  return pers.map(per => figure(`${what}, per ${per}`, `${what} per ${per}`, rate(registry, method, per)))
}

function figure(what: string, unit: string, ours: Contender): Benchmark {
  return {
    area: 'adapters',
    name: `${ours.name}: ${what}`,
    unit,
    ours,
    goals: [{ bound: unbound }],
    warmUpRounds: 2,
  }
}

function rate(registry: MeasuredRegistry, method: string, per: Per): Contender {
  return used(registry, async user => {
    const before = await user.cpuMs()
    const { count, elapsedMs } = await user.ask<Done>(method, ROUND_MS)
    const cpuMs = (await user.cpuMs()) - before
    await user.ask('clear')
    return (count * 1000) / (per === 'second' ? elapsedMs : cpuMs)
  })
}

function changeSeen(registry: MeasuredRegistry): Contender {
  return used(registry, user => user.ask<number>('change', CHANGES))
}

/** A registry with a process that uses it. */
function used({ name, start }: MeasuredRegistry, measure: (user: Program) => Promise<number>): Contender {
  return {
    name,
    async open(): Promise<Subject> {
      const { url, stop } = await start()
      const user = await Program.start(program('registry-user.ts'), { url })
      return {
        measure: () => measure(user),
        async close() {
          await user.close()
          await stop()
        },
      }
    },
  }
}

/** A registry with a process that calls two instances all the time, one of which is killed each time. */
function crashUnpicked({ name, start }: MeasuredRegistry): Contender {
  return {
    name,
    async open(): Promise<Subject> {
      const { url, stop } = await start()
      const survivor = await Program.start(program('registered-site.ts'), { url, id: 'survivor' })
      const caller = await Program.start(program('registry-caller.ts'), { url })
      let victims = 0
      return {
        async measure() {
          const id = `victim-${victims++}`
          const victim = await Program.start(program('registered-site.ts'), { url, id })
          await caller.ask('picked', id)
          const killedAt = performance.timeOrigin + performance.now()
          const unpicked = caller.ask<number>('unpicked', id)
          await victim.ask('die').catch(() => {})
          return (await unpicked) - killedAt
        },
        async close() {
          await caller.close()
          await survivor.close()
          await stop()
        },
      }
    },
  }
}

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
