import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StartFailedError, StopFailedError } from '../../src/application/errors.ts'
import { inspect } from '../../src/application/inspect.ts'
import { MultiService } from '../../src/application/multi-service.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ForeignService, hang, type Journal, Probe, waitForAbort } from './probe.ts'

const failing = { start: () => Promise.reject(new Error('no')) }

/** A gate that a hook waits at. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { wait: () => promise, open: resolve }
}

function refused(children: ConstructorParameters<typeof MultiService>[1], code: string): void {
  assert.throws(() => new MultiService('app', children), { code })
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve))
}

describe('MultiService', () => {
  it('takes its children through each phase as a whole, up in order and down in reverse', async () => {
    const journal: Journal = []
    const root = new MultiService('app', [
      new Probe('db', journal),
      new MultiService('group', [new Probe('web', journal)]),
    ])
    await root.start()
    await root.stop()
    assert.deepEqual(journal, [
      'bind db',
      'bind web',
      'start db',
      'start web',
      'register db',
      'register web',
      'drain db',
      'drain web',
      'stop web',
      'stop db',
    ])
  })

  it('is ready when all its children are, and not before', async () => {
    const { wait, open } = gate()
    const root = new MultiService('app', [new Probe('db', [], { start: wait }), new Probe('web')])
    const started = root.start()
    await settle()
    assert.equal(root.status, 'starting')
    open()
    await started
    assert.equal(root.status, 'ready')
  })

  it('undoes, in reverse, a start that fails in the middle of the tree, and names who and why', async () => {
    const journal: Journal = []
    const root = new MultiService('app', [
      new Probe('db', journal),
      new MultiService('group', [new Probe('web', journal, failing)]),
      new Probe('jobs', journal),
    ])
    await assert.rejects(root.start(), error => {
      assert.ok(error instanceof StartFailedError)
      assert.deepEqual([error.path, (error.cause as Error).message], ['/app/group/web', 'no'])
      return true
    })
    const downward = journal.slice(journal.indexOf('start web') + 1)
    assert.deepEqual(downward, ['stop jobs', 'stop web', 'stop db'])
    assert.deepEqual(
      [root.status, ...root.children.map(({ status }) => status)],
      ['failed', 'stopped', 'failed', 'stopped'],
    )
  })

  it('gives up the children that start beside one that fails, and waits for them', async () => {
    const journal: Journal = []
    const root = new MultiService(
      'app',
      [new Probe('slow', journal, { start: waitForAbort }), new Probe('bad', journal, failing)],
      {
        parallel: true,
      },
    )
    await assert.rejects(root.start(), { path: '/app/bad' })
    assert.deepEqual(journal.slice(4).toSorted(), ['stop bad', 'stop slow'])
    assert.deepEqual(
      root.children.map(({ status }) => status),
      ['stopped', 'failed'],
    )
  })

  it('starts what comes after a sibling when that is ready, and the rest beside it', async () => {
    const journal: Journal = []
    const { wait, open } = gate()
    const root = new MultiService('app', [
      new Probe('db', journal, { start: wait }),
      { service: new Probe('mail', journal), after: [] },
      { service: new Probe('web', journal), after: ['db'] },
    ])
    const started = root.start()
    await settle()
    assert.deepEqual(
      journal.filter(line => line.startsWith('start')),
      ['start db', 'start mail'],
    )
    open()
    await started
    assert.equal(journal.includes('start web'), true)
    await root.stop()
    assert.ok(journal.indexOf('stop web') < journal.indexOf('stop db'))
  })

  it('gives a start up while a child starts, and undoes it', async () => {
    const journal: Journal = []
    const root = new MultiService('app', [new Probe('db', journal), new Probe('web', journal, { start: waitForAbort })])
    const giveUp = new AbortController()
    const started = assert.rejects(root.start({ signal: giveUp.signal }), { message: 'enough' })
    await settle()
    giveUp.abort(new Error('enough'))
    await started
    assert.deepEqual(journal.slice(-2), ['stop web', 'stop db'])
    assert.equal(root.status, 'stopped')
  })

  it('stops all it can when some cannot be stopped, and names each of those', async () => {
    const clock = new FakeClock()
    const journal: Journal = []
    const broken = { stop: () => Promise.reject(new Error('broken')) }
    const root = new MultiService(
      'app',
      [
        new Probe('db', journal),
        new Probe('stuck', journal, { stop: hang }),
        new MultiService('group', [new Probe('web', journal, broken)]),
      ],
      { clock },
    )
    await root.start()
    const stopped = assert.rejects(root.stop({ deadlineMs: 100 }), error => {
      assert.ok(error instanceof StopFailedError)
      assert.deepEqual(
        error.failures.map(({ path }) => path),
        ['/app/group/web', '/app/stuck'],
      )
      assert.match(error.message, /\/app\/stuck .*hangs/)
      return true
    })
    await clock.advance(1_100)
    await stopped
    assert.equal(journal.at(-1), 'stop db')
    assert.equal(root.status, 'failed')
    assert.equal(clock.pending, 0)
  })

  it('goes on without a child that cannot be started, degraded, when its policy is to continue', async () => {
    const journal: Journal = []
    const root = new MultiService(
      'app',
      [
        new Probe('mail', journal, failing),
        { service: new Probe('digest', journal), after: ['mail'] },
        new Probe('web', journal),
      ],
      { failurePolicy: 'continue', restart: { maxRestarts: 0 } },
    )
    await root.start()
    const [mail, digest, web] = root.children.map(({ status }) => status)
    assert.deepEqual([root.status, mail, digest, web], ['degraded', 'failed', 'failed', 'ready'])
    assert.equal(journal.includes('start digest'), false)
    await root.stop()
  })

  it('says which dependency kept a child from starting', async () => {
    const children = [new Probe('mail', [], failing), { service: new Probe('digest'), after: ['mail'] }]
    const root = new MultiService('app', children, { failurePolicy: 'continue', restart: { maxRestarts: 0 } })
    await root.start()
    const { reason } = inspect(root.find('digest') as Probe)
    assert.match(reason ?? '', /\/app\/digest was not started because \/app\/mail, which it comes after, has failed/)
    await root.stop()
  })

  it('runs a child that only implements Service in the start and stop phases', async () => {
    const journal: Journal = []
    const root = new MultiService('app', [new Probe('db', journal), new ForeignService('foreign', journal)])
    await root.start()
    await root.stop({ deadlineMs: 4_000 })
    assert.deepEqual(journal, [
      'bind db',
      'start db',
      'start foreign',
      'register db',
      'drain db',
      'stop foreign within 10000',
      'stop db',
    ])
  })

  it('stops and starts one child alone, without thinking itself degraded', async () => {
    const journal: Journal = []
    const web = new Probe('web', journal)
    const root = new MultiService('app', [new Probe('db', journal), web])
    await root.start()
    await web.stop()
    assert.deepEqual([root.status, web.status], ['ready', 'stopped'])
    await root.start()
    assert.equal(web.status, 'ready')
    await root.stop()
  })

  it('lets the last of several calls on a parent and a child decide', async () => {
    const web = new Probe('web')
    const root = new MultiService('app', [web])
    await Promise.all([root.start(), root.stop(), web.start()])
    assert.deepEqual([root.status, web.status], ['stopped', 'ready'])
    await Promise.all([web.stop(), root.start(), web.stop()])
    assert.deepEqual([root.status, web.status], ['ready', 'stopped'])
    assert.equal(web.overlaps, 0)
    await root.stop()
  })

  it('is degraded while a child is', async () => {
    const web = new Probe('web')
    const root = new MultiService('app', [new MultiService('group', [web])])
    await root.start()
    web.degrade('slow')
    assert.equal(root.status, 'degraded')
    web.recover()
    assert.equal(root.status, 'ready')
    await root.stop()
  })

  it('finds any service by its path, from the root or from itself', () => {
    const web = new Probe('web')
    const group = new MultiService('group', [web])
    const root = new MultiService('app', [group])
    assert.deepEqual([root.find('/app/group/web'), group.find('/app/group/web')], [web, web])
    assert.deepEqual([root.find('group/web'), group.find('web'), root.find('/app')], [web, web, root])
    assert.deepEqual(
      [root.find('/other/group/web'), root.find('nobody'), root.find('group/web/more')],
      [undefined, undefined, undefined],
    )
  })

  it('refuses children that cannot stand where they are put', () => {
    const child = new Probe('web')
    const parent = new MultiService('first', [child])
    refused([new Probe('a'), new Probe('a')], 'ERR_DUPLICATE_NAME')
    refused([{ service: new Probe('a'), after: ['b'] }, new Probe('b')], 'ERR_UNKNOWN_SIBLING')
    refused([{ service: new Probe('a'), before: 'b' }], 'ERR_UNKNOWN_SIBLING')
    refused([child], 'ERR_HAS_PARENT')
    assert.deepEqual(parent.children, [child])
  })

  it('runs the hooks of a subclass before its children on the way up and after them on the way down', async () => {
    const journal: Journal = []
    class Group extends MultiService {
      protected override onStart(): void {
        journal.push('start group')
      }
      protected override onStop(): void {
        journal.push('stop group')
      }
    }
    const group = new Group('group', [new Probe('web', journal)])
    await group.start()
    await group.stop()
    assert.deepEqual(
      journal.filter(line => /start|stop/.test(line)),
      ['start group', 'start web', 'stop web', 'stop group'],
    )
  })

  it('has its clock and deadline used by all below it', async () => {
    const clock = new FakeClock()
    const web = new Probe('web', [], { stop: context => waitForAbort(context).catch(() => {}) })
    const root = new MultiService('app', [new MultiService('group', [web])], { clock, deadlineMs: 200 })
    await root.start()
    const stopped = web.stop()
    await clock.advance(200)
    await stopped
    assert.equal(web.status, 'stopped')
    await root.stop()
  })
})
