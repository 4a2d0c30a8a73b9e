import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Outbox } from '../../../src/adapters/daemon/outbox.ts'

function outbox() {
  const frames: unknown[] = []
  return { frames, box: new Outbox(frame => frames.push(JSON.parse(frame))) }
}

describe('Outbox', () => {
  it('sends all of one turn in one frame, in order', async () => {
    const { frames, box } = outbox()
    box.push({ type: 'watch-names' })
    await Promise.resolve()
    box.push({ type: 'watch', service: 'users' })
    assert.deepEqual(frames, [])
    await nextTurn()
    assert.deepEqual(frames, [[{ type: 'watch-names' }, { type: 'watch', service: 'users' }]])
  })

  it('makes late messages when it sends them, and leaves out what is then needless', async () => {
    const { frames, box } = outbox()
    let revision = 1
    box.push(() => ({ type: 'ack', service: 'users', revision }))
    box.push(() => undefined)
    revision = 7
    await nextTurn()
    assert.deepEqual(frames, [[{ type: 'ack', service: 'users', revision: 7 }]])
  })

  it('sends no empty frame', async () => {
    const { frames, box } = outbox()
    box.push(() => undefined)
    await nextTurn()
    assert.deepEqual(frames, [])
  })

  it('splits what is larger than a frame may be', async () => {
    const { frames, box } = outbox()
    for (let at = 0; at < 3; at++) box.push({ type: 'watch', service: 'x'.repeat(2 * 1024 * 1024) })
    await nextTurn()
    assert.deepEqual(
      frames.map(frame => (frame as unknown[]).length),
      [1, 1, 1],
    )
  })
})
