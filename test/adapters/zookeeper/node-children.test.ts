import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Link } from '../../../src/adapters/zookeeper/link.ts'
import { NodeChildren } from '../../../src/adapters/zookeeper/node-children.ts'
import { Session } from '../../../src/adapters/zookeeper/session.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedServer } from './scripted-server.ts'

const OPCODE = { exists: 3, getData: 4, getChildren: 12 }
const { signal } = new AbortController()

/** A server with the children of `/s`, whose answers wait for `answer()`. */
class Children {
  readonly server = new ScriptedServer()
  readonly clock = new FakeClock()
  readonly data = new Map<string, bigint>()
  /** The last transaction, and the last that changed who is there. */
  zxid = 1n
  childrenAt = 1n
  view!: NodeChildren
  #answered = 0

  async open(): Promise<this> {
    const { dial } = this.server
    const [clock, session] = [this.clock, new Session(6_000)]
    const server = { host: 'localhost' }
    const opened = Link.open({ clock, dial, server, session, sessionMs: 6_000, credentials: undefined }, signal)
    await this.clock.settle()
    this.server.grant()
    this.view = new NodeChildren(await opened, '/s')
    return this
  }

  write(name: string): void {
    const isNew = !this.data.has(name)
    this.data.set(name, ++this.zxid)
    if (isNew) this.childrenAt = this.zxid
    this.#tell(isNew ? 1 : 3, name)
  }

  remove(name: string): void {
    this.data.delete(name)
    this.childrenAt = ++this.zxid
    this.#tell(2, name)
  }

  /** Answers what was asked until now. */
  async answer(): Promise<void> {
    await this.clock.settle()
    for (const { xid, opcode, rest } of this.server.requests.slice(this.#answered)) {
      this.#answered++
      const name = rest.string().slice('/s/'.length)
      const writtenAt = this.data.get(name)
      if (opcode === OPCODE.getData && writtenAt === undefined) this.server.answer(xid, { zxid: this.zxid, code: -101 })
      else
        this.server.answer(xid, {
          zxid: this.zxid,
          write: writer => {
            if (opcode === OPCODE.getData) writer.buffer(Buffer.from(`${writtenAt}`))
            if (opcode === OPCODE.getChildren) {
              writer.int(this.data.size)
              for (const child of this.data.keys()) writer.string(child)
            }
            for (const long of [1n, writtenAt ?? 1n, 0n, 0n]) writer.long(long)
            for (const int of [0, 0, 0]) writer.int(int)
            writer.long(0n)
            for (const int of [0, 0]) writer.int(int)
            writer.long(this.childrenAt)
          },
        })
    }
    await this.clock.settle()
  }

  #tell(type: number, name: string): void {
    this.view.hear({ kind: (['created', 'deleted', 'written'] as const)[type - 1]!, path: `/s/${name}` })
  }
}

/** What a change tells, in short. */
function brief(change: Awaited<ReturnType<NodeChildren['read']>>) {
  return change && [change.revision, [...change.put.keys()].join(), [...change.gone].join()]
}

describe('NodeChildren', () => {
  it('tells all there is, and then what has changed, as of the transaction that changed it', async () => {
    const children = await new Children().open()
    children.write('a')
    children.write('b')
    const first = children.view.read(signal)
    for (let round = 0; round < 4; round++) await children.answer()
    assert.deepEqual(brief(await first), [3, 'a,b', ''])
    children.write('a')
    children.remove('b')
    const second = children.view.read(signal)
    for (let round = 0; round < 2; round++) await children.answer()
    assert.deepEqual(brief(await second), [5, 'a', 'b'])
  })

  it('tells nothing when nothing has changed', async () => {
    const children = await new Children().open()
    const first = children.view.read(signal)
    for (let round = 0; round < 2; round++) await children.answer()
    assert.deepEqual(brief(await first), [1, '', ''])
    assert.equal(await children.view.read(signal), undefined)
  })

  it('reads again what was overtaken, so that what it tells is one state', async () => {
    const children = await new Children().open()
    const first = children.view.read(signal)
    await children.answer()
    await first
    children.write('a')
    const second = children.view.read(signal)
    await children.clock.settle()
    children.write('b')
    await children.answer()
    await children.answer()
    assert.deepEqual(brief(await second), [3, 'a,b', ''])
  })

  it('does not wait for ever for a moment of quiet: what it tells then holds all up to its revision', async () => {
    const children = await new Children().open()
    const first = children.view.read(signal)
    await children.answer()
    await first
    children.write('a')
    const second = children.view.read(signal).then(brief)
    for (let round = 0; round < 9; round++) {
      await children.clock.settle()
      children.write('b')
      await children.answer()
    }
    const [revision] = (await second) as [number]
    assert.ok(revision > 2 && revision <= children.zxid)
    const third = children.view.read(signal)
    await children.answer()
    assert.deepEqual(brief(await third), [Number(children.zxid), 'b', ''])
  })

  it('rejects with the reason of the signal', async () => {
    const children = await new Children().open()
    const reason = new Error('given up')
    await assert.rejects(children.view.read(AbortSignal.abort(reason)), reason)
  })
})
