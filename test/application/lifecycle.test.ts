import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { MultiService } from '../../src/application/multi-service.ts'
import type { Service } from '../../src/application/service.ts'
import { seededRandom } from '../../src/core/random.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { type Journal, Probe, waitForAbort } from './probe.ts'

/** What is done to a tree: to one of its services, at once after what was done before or when some of that has happened. */
type Step = { pauseTurns: number; at: number } & (
  | { do: 'start' | 'stop' | 'abandonedStart' | 'hastyStop' | 'add' | 'remove' | 'fail' }
  | { do: 'move'; to: number }
)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    pauseTurns: fc.constantFrom(0, 0, 0, 1, 3, 40),
    at: fc.nat(99),
    do: fc.constantFrom('start', 'stop', 'abandonedStart', 'hastyStop', 'add', 'remove', 'move', 'fail'),
    to: fc.nat(99),
  }),
  { maxLength: 25 },
)

const restart = { maxRestarts: Infinity, delayMsMax: 1_000 }
const random = seededRandom(2)

/** A tree with every service that ever was in it, and what each is meant to be: the last word on it or on what it is part of. */
class Model {
  readonly journal: Journal = []
  readonly clock = new FakeClock()
  readonly probes: Probe[] = []
  readonly desired = new Map<Service, 'started' | 'stopped'>()
  readonly root: MultiService
  readonly groups: MultiService[]
  readonly calls: Promise<unknown>[] = []
  readonly #random = seededRandom(1)

  constructor() {
    this.groups = [
      new MultiService('left', [this.probe(), this.probe()], { restart, random }),
      new MultiService('right', [this.probe()], { restart: { maxRestarts: 0 }, parallel: true }),
    ]
    this.root = new MultiService('app', [this.probe(), ...this.groups], { clock: this.clock, restart, random })
    this.groups.push(this.root)
  }

  probe(): Probe {
    const pause = async ({ signal }: { signal: AbortSignal }) => {
      const turns = Math.floor(this.#random.next() * 4)
      for (let turn = 0; turn < turns && !signal.aborted; turn++) await new Promise(resolve => setImmediate(resolve))
      signal.throwIfAborted()
    }
    const down = (context: { signal: AbortSignal }) => pause(context).catch(() => {})
    const probe = new Probe(`p${this.probes.length}`, this.journal, {
      bind: pause,
      start: pause,
      register: pause,
      drain: down,
      stop: down,
    })
    this.probes.push(probe)
    return probe
  }

  get services(): Service[] {
    return [this.root, ...below(this.root)]
  }

  wish(service: Service, desired: 'started' | 'stopped'): void {
    for (const each of [service, ...below(service)]) this.desired.set(each, desired)
  }

  /** Does a step when its time has come. Services fail only when no call is under way, so that none rejects because of it. */
  async do(step: Step): Promise<void> {
    if (step.do === 'fail') await this.settle()
    for (let turn = 0; turn < step.pauseTurns; turn++) await new Promise(resolve => setImmediate(resolve))
    if (step.pauseTurns > 0) await this.clock.advance(0)
    this.#take(step)
  }

  /** Waits until all calls have settled. */
  async settle(): Promise<void> {
    const settled = Promise.all(this.calls)
    await this.clock.advance(100)
    await settled
  }

  #take(step: Step): void {
    const service = this.services[step.at % this.services.length] as Service
    const group = this.groups[step.at % this.groups.length] as MultiService
    const child = group.children[step.at % group.children.length]
    switch (step.do) {
      case 'start': {
        this.wish(service, 'started')
        return this.#call(service.start())
      }
      case 'abandonedStart': {
        return this.#call(service.start({ signal: AbortSignal.abort(new Error('given up')) }))
      }
      case 'stop':
      case 'hastyStop': {
        this.wish(service, 'stopped')
        return this.#call(service.stop({ deadlineMs: step.do === 'stop' ? 60_000 : 0 }))
      }
      case 'add': {
        const added = this.probe()
        if (this.desired.get(group) === 'started') this.wish(added, 'started')
        return this.#call(group.add(added))
      }
      case 'fail': {
        if (child instanceof Probe && isUp(group)) child.fail(new Error('lost'))
        return undefined
      }
      case 'remove': {
        if (!(child instanceof Probe)) return undefined
        this.wish(child, 'stopped')
        return this.#call(group.remove(child))
      }
      case 'move': {
        const to = this.groups[step.to % this.groups.length] as MultiService
        if (!(child instanceof Probe) || to === group) return undefined
        this.wish(child, this.desired.get(to) ?? 'stopped')
        return this.#call(group.move(child, { to }))
      }
      default: {
        return step satisfies never
      }
    }
  }

  #call(call: Promise<unknown>): void {
    this.calls.push(call.catch((error: unknown) => error))
  }
}

function below(service: Service): Service[] {
  return service instanceof MultiService ? service.children.flatMap(child => [child, ...below(child)]) : []
}

function isUp({ status }: Service): boolean {
  return status === 'ready' || status === 'degraded'
}

describe('a tree of services', () => {
  it('ends, whatever is done to it in whatever order, where the last word on each service wants it, never with two hooks of one at once', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const model = new Model()
        for (const step of sequence) await model.do(step)
        await model.settle()
        for (let second = 0; second < 60; second++) await model.clock.advance(1_000)
        for (const probe of model.probes) {
          assert.equal(probe.overlaps, 0)
          assert.equal(isUp(probe), model.desired.get(probe) === 'started', `${probe.name} is ${probe.status}`)
        }
        for (const service of model.services) {
          assert.equal(isUp(service), model.desired.get(service) === 'started', `${service.name} is ${service.status}`)
        }
        await model.root.stop()
        assert.equal(model.clock.pending, 0)
      }),
      { numRuns: 150 },
    )
  })

  it('stops each service exactly as often as it was begun to start', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const model = new Model()
        for (const step of sequence) await model.do(step)
        await model.settle()
        await Promise.all(model.probes.map(probe => probe.stop()))
        for (const { name } of model.probes) {
          const count = (line: string) => model.journal.filter(each => each === `${line} ${name}`).length
          assert.equal(count('stop'), count('bind'))
          assert.ok(count('drain') <= count('register'))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps its word when a start is given up at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), async turns => {
        const journal: Journal = []
        const root = new MultiService('app', [
          new Probe('a', journal),
          new Probe('b', journal, { start: waitForAbort }),
        ])
        const giveUp = new AbortController()
        const started = assert.rejects(root.start(giveUp), { message: 'enough' })
        for (let turn = 0; turn < turns; turn++) await Promise.resolve()
        giveUp.abort(new Error('enough'))
        await started
        for (const name of ['a', 'b']) {
          assert.equal(journal.includes(`bind ${name}`), journal.includes(`stop ${name}`))
        }
      }),
    )
  })
})
