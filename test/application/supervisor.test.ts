import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from '../../src/application/inspect.ts'
import { MultiService } from '../../src/application/multi-service.ts'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { type Journal, Probe, waitForAbort } from './probe.ts'

/** Waits are half of their ceiling. */
const random = { next: () => 0.5 }
const restart = { maxRestarts: 2, windowMs: 10_000, delayMsMin: 100, delayMsMax: 1_000 }

function world(children: Probe[], options: object = {}) {
  const clock = new FakeClock()
  const root = new MultiService('app', children, { clock, random, restart, ...options })
  return { clock, root }
}

describe('a MultiService whose child fails', () => {
  it('takes it down at once and starts it again after a wait', async () => {
    const journal: Journal = []
    const web = new Probe('web', journal)
    const { clock, root } = world([new Probe('db', journal), web])
    await root.start()
    journal.length = 0
    web.fail(new Error('lost'))
    await clock.advance(49)
    assert.deepEqual([journal, web.status, root.status], [['drain web', 'stop web'], 'failed', 'degraded'])
    await clock.advance(1)
    assert.deepEqual(journal.slice(2), ['bind web', 'start web', 'register web'])
    assert.deepEqual([web.status, root.status, inspect(web).restarts], ['ready', 'ready', 1])
    await root.stop()
    assert.equal(clock.pending, 0)
  })

  it('waits longer before each restart that follows within the window', async () => {
    const web = new Probe('web')
    const { clock, root } = world([web])
    await root.start()
    const delays: unknown[] = []
    const stop = observe(
      'service',
      ({ event, delayMs }) => event === 'service.restart-scheduled' && delays.push(delayMs),
    )
    web.fail(new Error('lost'))
    await clock.advance(50)
    web.fail(new Error('lost'))
    await clock.advance(100)
    stop()
    assert.deepEqual(delays, [50, 100])
    await root.stop()
  })

  it('fails itself when there is one failure more than the restarts allowed, and stops', async () => {
    const journal: Journal = []
    const db = new Probe('db', journal)
    const web = new Probe('web', journal)
    const { clock, root } = world([db, web])
    await root.start()
    web.hooks = { start: () => Promise.reject(new Error('no')) }
    web.fail(new Error('lost'))
    await clock.advance(10_000)
    assert.deepEqual([root.status, db.status, web.status], ['failed', 'stopped', 'failed'])
    assert.match(inspect(root).reason ?? '', /\/app\/web failed again after 2 restarts .* within 10000 ms/)
    assert.equal(clock.pending, 0)
  })

  it('allows as many restarts again once the window has passed', async () => {
    const web = new Probe('web')
    const { clock, root } = world([web])
    await root.start()
    for (let round = 0; round < 6; round++) {
      web.fail(new Error('lost'))
      await clock.advance(6_000)
      assert.equal(web.status, 'ready')
    }
    await root.stop()
  })

  it('lets its own parent start it again, with all its children, when it gives up', async () => {
    const journal: Journal = []
    const web = new Probe('web', journal)
    const clock = new FakeClock()
    const group = new MultiService('group', [new Probe('db', journal), web], { restart: { maxRestarts: 0 } })
    const root = new MultiService('app', [group], { clock, random, restart })
    await root.start()
    journal.length = 0
    web.fail(new Error('lost'))
    await clock.advance(1_000)
    assert.deepEqual([root.status, group.status, web.status], ['ready', 'ready', 'ready'])
    assert.deepEqual(
      journal.filter(line => /stop|start/.test(line)),
      ['stop web', 'stop db', 'start db', 'start web'],
    )
    await root.stop()
  })

  it('goes on degraded without it when its policy is to continue', async () => {
    const web = new Probe('web')
    const { clock, root } = world([new Probe('db'), web], { failurePolicy: 'continue', restart: { maxRestarts: 0 } })
    await root.start()
    web.fail(new Error('lost'))
    await clock.advance(10_000)
    assert.deepEqual([root.status, web.status], ['degraded', 'failed'])
    await web.start()
    assert.equal(root.status, 'ready')
    await root.stop()
  })

  it('keeps trying a child that could not be started, when its policy is to continue', async () => {
    const web = new Probe('web', [], { start: () => Promise.reject(new Error('no')) })
    const { clock, root } = world([web], { failurePolicy: 'continue' })
    await root.start()
    web.hooks = {}
    await clock.advance(50)
    assert.deepEqual([root.status, web.status], ['ready', 'ready'])
    await root.stop()
  })

  it('does not start it again when it is stopped, removed, or its parent is stopped meanwhile', async () => {
    const ends = [
      (_: MultiService, web: Probe) => web.stop(),
      (root: MultiService, web: Probe) => root.remove(web),
      (root: MultiService) => root.stop(),
    ]
    for (const end of ends) {
      const journal: Journal = []
      const web = new Probe('web', journal)
      const { clock, root } = world([web])
      await root.start()
      web.fail(new Error('lost'))
      await clock.settle()
      await end(root, web)
      await clock.advance(60_000)
      assert.equal(journal.filter(line => line === 'start web').length, 1)
      assert.equal(clock.pending, 0)
      await root.stop()
    }
  })

  it('does not start it again when it fails after somebody has said that it is to stop', async () => {
    const web = new Probe('web')
    const { clock, root } = world([web])
    await root.start()
    const stopped = root.stop()
    web.fail(new Error('lost'))
    await stopped
    await clock.advance(60_000)
    assert.deepEqual([web.status, inspect(web).restarts], ['failed', 0])
  })

  it('gives a restart up at once when the tree stops', async () => {
    const web = new Probe('web')
    const { clock, root } = world([web])
    await root.start()
    let aborted = false
    web.hooks = {
      start: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true
            reject(signal.reason)
          }),
        ),
    }
    web.fail(new Error('lost'))
    await clock.advance(50)
    assert.equal(web.status, 'starting')
    await root.stop()
    assert.deepEqual([aborted, root.status], [true, 'stopped'])
  })

  it('leaves alone, when it is started again itself, what somebody has stopped in it', async () => {
    const [db, web] = [new Probe('db'), new Probe('web')]
    const clock = new FakeClock()
    const group = new MultiService('group', [db, web], { restart: { maxRestarts: 0 } })
    const root = new MultiService('app', [group], { clock, random, restart })
    await root.start()
    await db.stop()
    web.fail(new Error('lost'))
    await clock.advance(1_000)
    assert.deepEqual([web.status, db.status, root.status], ['ready', 'stopped', 'ready'])
    await root.stop()
  })

  it('tells why each start of a child failed, when nobody waits for it', async () => {
    const told: unknown[] = []
    const stop = observe('service', ({ event, message }) => event === 'service.failed' && told.push(message))
    let starts = 0
    const web = new Probe('web', [], { start: () => Promise.reject(new Error(`no ${++starts}`)) })
    const { clock, root } = world([web], { failurePolicy: 'continue' })
    await root.start()
    await clock.advance(50)
    stop()
    const failed = '/app/web could not be started, in its start phase'
    assert.deepEqual(told, [`${failed}: no 1`, `${failed}: no 2`])
    await root.stop()
  })

  it('tells every failure and restart, with its path', async () => {
    const events: RopewalkEvent[] = []
    const stop = observe('service', event => event.event !== 'service.status' && events.push(event))
    const web = new Probe('web')
    const { clock, root } = world([web], { restart: { ...restart, maxRestarts: 1 } })
    await root.start()
    web.fail(new Error('lost'))
    await clock.advance(50)
    web.fail(new Error('lost again'))
    await clock.advance(50)
    stop()
    assert.deepEqual(
      events.map(({ event, path }) => [event, path]),
      [
        ['service.failed', '/app/web'],
        ['service.restart-scheduled', '/app/web'],
        ['service.restarted', '/app/web'],
        ['service.failed', '/app/web'],
        ['service.given-up', '/app/web'],
        ['service.failed', '/app'],
      ],
    )
  })
})

/** A tree of three levels: what is in the inner group is started again after 50 ms, the groups themselves after 500. */
async function nested() {
  const clock = new FakeClock()
  const [web, db] = [new Probe('web'), new Probe('db')]
  const slow = { delayMsMin: 1_000, delayMsMax: 1_000 }
  const group = new FailingGroup('group', [web, db], { random, restart: { delayMsMin: 100, delayMsMax: 100 } })
  const outer = new FailingGroup('outer', [group], { random, restart: slow })
  const root = new MultiService('app', [outer], { clock, random, restart: slow })
  await root.start()
  return { clock, root, outer, group, web, db }
}

class FailingGroup extends MultiService {
  override fail(error: unknown): void {
    super.fail(error)
  }
}

describe('a MultiService that is taken down because it failed', () => {
  it('starts none of its children again before it is started again itself', async () => {
    const { clock, root, group, web } = await nested()
    web.fail(new Error('lost'))
    await clock.settle()
    group.fail(new Error('lost as well'))
    await clock.advance(400)
    assert.deepEqual([group.status, web.status, inspect(web).restarts], ['failed', 'failed', 0])
    await clock.advance(100)
    assert.deepEqual([root.status, web.status], ['ready', 'ready'])
    await root.stop()
    assert.equal(clock.pending, 0)
  })

  it('starts none of those again that fail while an attempt to start it is undone', async () => {
    const { clock, root, outer, group, web, db } = await nested()
    db.hooks = {
      start: async context => {
        await waitForAbort(context).catch(() => {})
        await clock.settle()
        web.fail(new Error('lost while it was given up'))
        throw new Error('given up')
      },
    }
    group.fail(new Error('lost'))
    await clock.advance(500)
    assert.deepEqual([web.status, db.status], ['ready', 'starting'])
    outer.fail(new Error('lost as well'))
    db.hooks = {}
    while (outer.status !== 'failed' || web.status !== 'failed') await clock.advance(1)
    await clock.advance(400)
    assert.deepEqual([outer.status, web.status, inspect(web).restarts], ['failed', 'failed', 0])
    await clock.advance(1_000)
    assert.deepEqual([root.status, web.status], ['ready', 'ready'])
    await root.stop()
    assert.equal(clock.pending, 0)
  })
})
