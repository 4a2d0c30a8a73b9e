import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SimulatedSystem, type SimulatedProcess } from './simulated-system.ts'

const SEEDS = Array.from({ length: Number(process.env['SIMULATION_SEEDS'] ?? 5) }, (_, seed) => seed + 1)

async function started(seed: number, processes: number): Promise<SimulatedSystem> {
  const system = new SimulatedSystem(seed)
  for (let count = 0; count < processes; count++) await system.startProcess()
  await system.pass(1000)
  return system
}

function any(system: SimulatedSystem): SimulatedProcess | undefined {
  const processes = [...system.processes].filter(({ stopping }) => !stopping)
  return processes[Math.floor(system.random.next() * processes.length)]
}

/** How many usable instances each process sees. */
function views(system: SimulatedSystem): number[] {
  return [...system.processes].map(
    ({ resolver }) => resolver.instances.filter(({ status }) => status !== 'draining').length,
  )
}

describe('Discovery, simulated', () => {
  it('never shrinks a view when the registry restarts, with its data or without', async () => {
    for (const seed of SEEDS) {
      await using system = await started(seed, 4)
      for (let round = 0; round < 6; round++) {
        system.note('stop the server')
        system.server.stop()
        for (let ms = system.random.next() * 20_000; ms > 0; ms -= 500) {
          await system.pass(500)
          assert.deepEqual(views(system), [4, 4, 4, 4])
        }
        system.note('start the server')
        system.server.start({ empty: round % 2 === 0 })
        for (let ms = 0; ms < 15_000; ms += 100) {
          await system.pass(100)
          assert.deepEqual(views(system), [4, 4, 4, 4], system.log.join('\n'))
        }
      }
      system.checkConverged()
    }
  })

  it('costs no instance when connections break and come back within the grace', async () => {
    for (const seed of SEEDS) {
      await using system = await started(seed, 4)
      for (let round = 0; round < 10; round++) {
        const one = any(system)!
        system.cut(one)
        for (let ms = 0; ms < 900; ms += 100) {
          await system.pass(100)
          assert.deepEqual(views(system), [4, 4, 4, 4])
        }
        one.registry.heal()
        await system.pass(2100)
      }
      system.checkConverged()
    }
  })

  it('lets no request reach what was drained, through one rolling restart after the other', async () => {
    for (const seed of SEEDS) {
      await using system = await started(seed, 4)
      for (let round = 0; round < 8; round++) {
        await system.startProcess()
        const stopped = system.stopProcess(any(system)!)
        await system.pass(300)
        await stopped
      }
      await system.pass(20_000)
      system.checkConverged()
      assert.equal(system.drains, 8)
    }
  })

  it('holds to its invariants whatever happens, and converges when it ends', async () => {
    for (const seed of SEEDS) {
      await using system = await started(seed, 3)
      const stops: Promise<void>[] = []
      for (let step = 0; step < 60; step++) {
        const one = any(system)
        const chance = Math.floor(system.random.next() * 8)
        if (system.processes.size < 2 || chance === 0) await system.startProcess()
        else if (chance === 1 && one) stops.push(system.stopProcess(one))
        else if (chance === 2 && one) system.killProcess(one)
        else if (chance === 3 && one) system.cut(one)
        else if (chance === 4) for (const { registry } of system.processes) registry.heal()
        else if (chance === 5) system.server.stop()
        else if (chance >= 6 && !system.server.store) system.server.start({ empty: chance === 6 })
        system.note(`step ${step}: ${chance} ${one?.name ?? ''}`)
        await system.pass(system.random.next() ** 3 * 20_000)
      }
      if (!system.server.store) system.server.start({ empty: false })
      for (const { registry } of system.processes) registry.heal()
      await system.pass(60_000)
      await Promise.all(stops)
      system.checkConverged()
    }
  })
})
