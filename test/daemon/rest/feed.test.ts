import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Feed } from '../../../src/daemon/rest/feed.ts'
import type { EventStream, StreamEvent } from '../../../src/web/event-stream.ts'

/** A client that reads, or does not. */
function client() {
  let room = Promise.withResolvers<void>()
  const stream = {
    writable: true,
    sent: [] as string[],
    send: (event: StreamEvent) => stream.sent.push(event.data) > 0,
    drained: () => room.promise,
    read() {
      stream.writable = true
      room.resolve()
      room = Promise.withResolvers()
    },
    leave: () => room.reject(new Error('gone')),
  }
  return stream
}

function fed() {
  const stream = client()
  let state: number | undefined
  const feed = new Feed(stream as unknown as EventStream, () =>
    state === undefined ? undefined : { data: String(state) },
  )
  const change = (value: number) => {
    state = value
    feed.wake()
  }
  return { stream, change, feed }
}

describe('Feed', () => {
  it('sends the newest state at once to a client that reads', () => {
    const { stream, change } = fed()
    change(1)
    change(2)
    assert.deepEqual(stream.sent, ['1', '2'])
  })

  it('sends a client that did not read only the newest state', async () => {
    const { stream, change } = fed()
    stream.writable = false
    for (let value = 1; value <= 1_000; value++) change(value)
    await nextTurn()
    assert.deepEqual(stream.sent, [])
    stream.read()
    await nextTurn()
    assert.deepEqual(stream.sent, ['1000'])
  })

  it('sends nothing where there is nothing new', () => {
    const { stream, feed } = fed()
    feed.wake()
    assert.deepEqual(stream.sent, [])
  })

  it('ends quietly when the client leaves while it waits', async () => {
    const { stream, change } = fed()
    stream.writable = false
    change(1)
    stream.leave()
    await nextTurn()
    assert.deepEqual(stream.sent, [])
  })
})
