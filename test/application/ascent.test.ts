import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Ascent, ascend } from '../../src/application/ascent.ts'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { treeOf } from '../../src/application/tree.ts'
import { type Journal, Probe } from './probe.ts'

async function nothing(): Promise<void> {}

function ascentOf(top: MultiService, signal = new AbortController().signal): Ascent {
  return { tree: treeOf(nodeOf(top)), signal, entered: new Set(), dismissed: new Map(), dismiss: nothing }
}

function names(nodes: Iterable<{ name: string }>): string[] {
  return Array.from(nodes, ({ name }) => name)
}

describe('ascend', () => {
  it('runs each hook of the way up once, and passes over what is up already', async () => {
    const journal: Journal = []
    const db = new Probe('db', journal)
    const root = new MultiService('app', [db, new Probe('web', journal)])
    await db.start()
    const ascent = ascentOf(root)
    await ascend(nodeOf(root), ascent)
    assert.deepEqual(journal.slice(3), ['bind web', 'start web', 'register web'])
    assert.deepEqual(names(ascent.entered), ['app', 'web'])
    await root.stop()
  })

  it('leaves what it entered to the caller when it fails', async () => {
    const journal: Journal = []
    const broken = { start: () => Promise.reject(new Error('no')) }
    const root = new MultiService('app', [
      new Probe('db', journal),
      new Probe('web', journal, broken),
      new Probe('late', journal),
    ])
    const ascent = ascentOf(root)
    await assert.rejects(ascend(nodeOf(root), ascent), { path: '/app/web' })
    assert.deepEqual(journal, ['bind db', 'bind web', 'bind late', 'start db', 'start web'])
    assert.deepEqual(names(ascent.entered), ['app', 'db', 'web', 'late'])
    assert.equal(nodeOf(root).error, nodeOf(root.find('web') as Probe).error)
  })

  it('enters nothing more once it is given up, and blames nobody', async () => {
    const journal: Journal = []
    const giveUp = new AbortController()
    const root = new MultiService('app', [
      new Probe('db', journal, { bind: () => giveUp.abort(new Error('enough')) }),
      new Probe('web', journal),
    ])
    await assert.rejects(ascend(nodeOf(root), ascentOf(root, giveUp.signal)), { message: 'enough' })
    assert.deepEqual([journal, nodeOf(root).error], [['bind db'], undefined])
  })

  it('dismisses, under best effort, what fails and what comes after it, and goes on', async () => {
    const broken = { bind: () => Promise.reject(new Error('no')) }
    const root = new MultiService(
      'app',
      [new Probe('mail', [], broken), { service: new Probe('digest'), after: ['mail'] }, new Probe('web')],
      { failurePolicy: 'continue' },
    )
    const ascent = ascentOf(root)
    await ascend(nodeOf(root), ascent)
    assert.deepEqual(names(ascent.dismissed.keys()), ['mail', 'digest'])
    assert.equal(root.find('web')?.status, 'ready')
  })
})
