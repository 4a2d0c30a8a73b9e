import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { hang, type Journal, Probe, waitForAbort } from './probe.ts'

const failing = { start: () => Promise.reject(new Error('no')) }

describe('MultiService.add', () => {
  it('starts what is added to a running tree, and not what is added to one at rest', async () => {
    const root = new MultiService('app')
    const early = new Probe('early')
    await root.add(early)
    assert.equal(early.status, 'idle')
    await root.start()
    const late = new Probe('late')
    await root.add(late)
    assert.deepEqual([early.status, late.status], ['ready', 'ready'])
    await root.stop()
    assert.deepEqual([early.status, late.status], ['stopped', 'stopped'])
  })

  it('waits for a start of the tree that is under way', async () => {
    const journal: Journal = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const root = new MultiService('app', [new Probe('db', journal, { start: () => promise })])
    const started = root.start()
    const added = root.add(new Probe('web', journal))
    resolve()
    await Promise.all([started, added])
    assert.deepEqual(journal, ['bind db', 'start db', 'register db', 'bind web', 'start web', 'register web'])
    await root.stop()
  })

  it('leaves no trace of a service that cannot be started, and the others alone', async () => {
    const db = new Probe('db')
    const root = new MultiService('app', [db])
    await root.start()
    await assert.rejects(root.add(new Probe('web', [], failing)), { code: 'ERR_START_FAILED' })
    assert.deepEqual([root.status, root.children], ['ready', [db]])
    await root.add(new Probe('web'))
    await root.stop()
  })

  it('keeps a service that cannot be started, as failed, when the policy is to continue', async () => {
    const root = new MultiService('app', [], { failurePolicy: 'continue', restart: { maxRestarts: 0 } })
    await root.start()
    await root.add(new Probe('web', [], failing))
    assert.deepEqual([root.status, root.find('web')?.status], ['degraded', 'failed'])
    await root.stop()
  })

  it('has no part in later starts of the tree when it could not be started', async () => {
    const root = new MultiService('app')
    await root.start()
    const bad = new Probe('web', [], failing)
    const added = assert.rejects(root.add(bad), { code: 'ERR_START_FAILED' })
    await Promise.all([added, root.start()])
    assert.deepEqual([root.status, bad.status, root.children], ['ready', 'failed', []])
    await root.stop()
  })

  it('can be given up while it waits for its turn', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const root = new MultiService('app', [new Probe('db', [], { start: () => promise })])
    const started = root.start()
    const [web, giveUp] = [new Probe('web'), new AbortController()]
    const added = assert.rejects(root.add(web, giveUp), { message: 'enough' })
    giveUp.abort(new Error('enough'))
    await added
    resolve()
    await started
    assert.deepEqual([root.children.length, web.status], [1, 'idle'])
    await new MultiService('other').add(web)
    await root.stop()
  })

  it('can be given up', async () => {
    const root = new MultiService('app')
    await root.start()
    const giveUp = new AbortController()
    const added = assert.rejects(root.add(new Probe('web', [], { start: waitForAbort }), giveUp), { message: 'enough' })
    await new Promise(resolve => setImmediate(resolve))
    giveUp.abort(new Error('enough'))
    await added
    assert.deepEqual(root.children, [])
    await root.stop()
  })

  it('puts a service where it is told to', async () => {
    const root = new MultiService('app', [new Probe('db'), new Probe('web')])
    await root.add(new Probe('cache'), { before: 'web', after: ['db'] })
    assert.deepEqual(
      root.children.map(({ name }) => name),
      ['db', 'cache', 'web'],
    )
    await assert.rejects(root.add(new Probe('first'), { before: 'db', after: ['web'] }), {
      code: 'ERR_UNKNOWN_SIBLING',
    })
    await assert.rejects(root.add(root), { code: 'ERR_HAS_PARENT' })
  })
})

describe('MultiService.remove', () => {
  it('stops what it removes, and leaves its name free at once', async () => {
    const journal: Journal = []
    const old = new Probe('web', journal)
    const root = new MultiService('app', [old])
    await root.start()
    const removed = root.remove('web')
    const added = root.add(new Probe('web', journal))
    await Promise.all([removed, added])
    assert.deepEqual(journal.slice(3), ['drain web', 'stop web', 'bind web', 'start web', 'register web'])
    assert.equal(old.status, 'stopped')
    await root.stop()
    assert.equal(journal.length, 10)
  })

  it('removes what cannot be stopped too, and names it by its path', async () => {
    const clock = new FakeClock()
    const stuck = new Probe('stuck', [], { stop: hang })
    const root = new MultiService('app', [stuck], { clock })
    await root.start()
    const removed = assert.rejects(root.remove(stuck, { deadlineMs: 10 }), /\/app\/stuck/)
    await clock.advance(1_010)
    await removed
    assert.deepEqual([root.children, root.status], [[], 'ready'])
    await root.stop()
  })

  it('refuses what is no child of it', async () => {
    const root = new MultiService('app', [new Probe('web')])
    await assert.rejects(root.remove('db'), { code: 'ERR_NOT_A_CHILD' })
    await assert.rejects(root.remove(new Probe('web')), { code: 'ERR_NOT_A_CHILD' })
  })

  it('is not forgotten when the deadline of a stop behind it passes before its turn', async () => {
    const clock = new FakeClock()
    const [db, web] = [new Probe('db', [], { start: waitForAbort }), new Probe('web')]
    const root = new MultiService('app', [web, db], { clock })
    const started = assert.rejects(root.start(), { name: 'TimeoutError' })
    await clock.settle()
    const ends = [root.remove(web), web.stop(), root.stop({ deadlineMs: 100 })]
    await clock.advance(100)
    await Promise.all([started, ...ends])
    assert.deepEqual([web.status, root.status, root.children], ['stopped', 'stopped', [db]])
  })

  it('lets the tree stop only when what is being removed is down', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const web = new Probe('web', [], { stop: () => promise })
    const root = new MultiService('app', [web])
    await root.start()
    const removed = root.remove(web)
    const stopped = root.stop().then(() => web.status)
    resolve()
    assert.equal(await stopped, 'stopped')
    await removed
  })
})

describe('MultiService.move', () => {
  it('moves a running service between running parents without stopping it', async () => {
    const journal: Journal = []
    const web = new Probe('web', journal)
    const [left, right] = [new MultiService('left', [web]), new MultiService('right')]
    const root = new MultiService('app', [left, right])
    await root.start()
    await left.move(web, { to: right })
    assert.deepEqual([left.children, right.children, root.find('/app/right/web')], [[], [web], web])
    assert.deepEqual(journal, ['bind web', 'start web', 'register web'])
    await left.stop()
    assert.equal(web.status, 'ready')
    await right.stop()
    assert.equal(web.status, 'stopped')
    await root.stop()
  })

  it('changes the order among siblings, which the way down then follows', async () => {
    const journal: Journal = []
    const root = new MultiService('app', [new Probe('a', journal), new Probe('b', journal)])
    await root.start()
    await root.move('b', { before: 'a' })
    await root.stop()
    assert.deepEqual(journal.slice(-2), ['stop a', 'stop b'])
  })

  it('starts what moves to a running parent and stops what moves to one at rest', async () => {
    const web = new Probe('web')
    const [idle, running] = [new MultiService('idle', [web]), new MultiService('running')]
    await running.start()
    await idle.move(web, { to: running })
    assert.equal(web.status, 'ready')
    await running.move(web, { to: idle })
    assert.equal(web.status, 'stopped')
    await running.stop()
  })

  it('leaves a service where it was when it cannot stand where it should go', async () => {
    const web = new Probe('web')
    const [left, right] = [new MultiService('left', [web]), new MultiService('right', [new Probe('web')])]
    await assert.rejects(left.move(web, { to: right }), { code: 'ERR_DUPLICATE_NAME' })
    assert.equal(left.find('/left/web'), web)
    await left.start()
    assert.equal(web.status, 'ready')
    await left.stop()
  })

  it('starts with a new parent that is being started again after a failure', async () => {
    const clock = new FakeClock()
    const [web, bad] = [new Probe('web'), new Probe('bad')]
    const left = new MultiService('left', [web])
    const right = new MultiService('right', [bad], { restart: { maxRestarts: 0 } })
    const root = new MultiService('app', [left, right], { clock })
    await root.start()
    bad.fail(new Error('lost'))
    await clock.settle()
    assert.equal(right.status, 'failed')
    await left.move(web, { to: right })
    assert.equal(web.status, 'stopped')
    await clock.advance(1_000)
    assert.deepEqual([right.status, web.status], ['ready', 'ready'])
    await root.stop()
  })

  it('is given up at the deadline of a stop of the new parent', async () => {
    const clock = new FakeClock()
    const web = new Probe('web', [], { start: waitForAbort })
    const idle = new MultiService('idle', [web], { clock })
    const running = new MultiService('running', [], { clock })
    await running.start()
    const moved = assert.rejects(idle.move(web, { to: running }), { name: 'TimeoutError' })
    await clock.settle()
    const stopped = running.stop({ deadlineMs: 100 })
    await clock.advance(100)
    await Promise.all([moved, stopped])
    assert.deepEqual([web.status, running.status, clock.pending], ['stopped', 'stopped', 0])
  })

  it('has a parent that stops before its turn stop what leaves it, and the new parent start it again', async () => {
    const journal: Journal = []
    const web = new Probe('web', journal)
    const [left, right] = [new MultiService('left', [web]), new MultiService('right')]
    await Promise.all([left.start(), right.start()])
    await Promise.all([left.stop(), left.move(web, { to: right }), right.stop()])
    assert.deepEqual([web.status, web.overlaps], ['stopped', 0])
  })
})
