import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { Connection } from '../../src/client/connection.ts'
import { type Passenger, Pool, type PoolOptions } from '../../src/client/pool.ts'

/** Stands for a Connection: the Pool asks whether it is usable, closes it, and hears when it has closed. */
class FakeConnection {
  usable = true
  readonly #onClose: () => void

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  close(): void {
    this.usable = false
    this.#onClose()
  }

  destroy(): void {
    this.close()
  }
}

/** Notes what it is told. */
class Traveller implements Passenger {
  readonly told: string[] = []
  connection: Connection | undefined

  board(connection: Connection): void {
    this.connection = connection
    this.told.push('board')
  }

  moveOn(): void {
    this.told.push('moveOn')
  }

  connectFailed(error: Error): void {
    this.told.push(error.message)
  }
}

/** A Pool whose connects are answered by hand. */
function poolOf(changes: Partial<PoolOptions> = {}) {
  const connects: PromiseWithResolvers<Socket>[] = []
  const signals: AbortSignal[] = []
  const errors: Error[] = []
  const pool = new Pool({
    connectionsMax: 10,
    queueMax: 10,
    open: signal => {
      const connect = Promise.withResolvers<Socket>()
      connects.push(connect)
      signals.push(signal)
      return connect.promise
    },
    wrap: (_, onClose) => {
      const connection: Connection = new FakeConnection(() => onClose(connection)) as unknown as Connection
      return connection
    },
    overloaded: () => new Error('overloaded'),
    onConnect: () => undefined,
    onConnectError: error => errors.push(error),
    ...changes,
  })
  const connected = async () => {
    connects.shift()?.resolve(new Socket())
    await new Promise(setImmediate)
  }
  return { pool, connects, signals, errors, connected }
}

function travellers(count: number): Traveller[] {
  return Array.from({ length: count }, () => new Traveller())
}

describe('Pool', () => {
  it('opens a connection for the first who wants one, and keeps it for the next', async () => {
    const { pool, connects, connected } = poolOf()
    const [first, second] = travellers(2) as [Traveller, Traveller]
    pool.send(first)
    assert.deepEqual(first.told, [])
    await connected()
    assert.deepEqual(first.told, ['board'])
    pool.release(first.connection as Connection)
    pool.send(second)
    assert.equal(second.connection, first.connection)
    assert.equal(connects.length, 0)
  })

  it('uses the connection again that was used last', async () => {
    const { pool, connected } = poolOf()
    const [first, second, third] = travellers(3) as [Traveller, Traveller, Traveller]
    pool.send(first)
    pool.send(second)
    await connected()
    await connected()
    pool.release(second.connection as Connection)
    pool.release(first.connection as Connection)
    pool.send(third)
    assert.equal(third.connection, first.connection)
  })

  it('gives who waits whatever comes first, a connection given back or a new one', async () => {
    const { pool, connected } = poolOf()
    const [first, second] = travellers(2) as [Traveller, Traveller]
    pool.send(first)
    await connected()
    pool.send(second)
    pool.release(first.connection as Connection)
    assert.equal(second.connection, first.connection)
    await connected()
    assert.deepEqual(pool.state, { open: 2, idle: 1, connecting: 0, waiting: 0 })
  })

  it('opens no more connections than it may, and serves those who wait in their order', async () => {
    const { pool, connected } = poolOf({ connectionsMax: 1 })
    const [first, second, third] = travellers(3) as [Traveller, Traveller, Traveller]
    for (const traveller of [first, second, third]) pool.send(traveller)
    await connected()
    assert.deepEqual(pool.state, { open: 1, idle: 0, connecting: 0, waiting: 2 })
    pool.release(first.connection as Connection)
    assert.deepEqual([second.told, third.told], [['board'], []])
  })

  it('turns away who finds the queue full', () => {
    const { pool } = poolOf({ queueMax: 2 })
    const all = travellers(3)
    for (const traveller of all) pool.send(traveller)
    assert.deepEqual(
      all.map(({ told }) => told),
      [[], [], ['overloaded']],
    )
  })

  it('tells all who wait when one connect fails', async () => {
    const { pool, connects, errors } = poolOf()
    const all = travellers(3)
    for (const traveller of all) pool.send(traveller)
    connects.shift()?.reject(new Error('refused'))
    await new Promise(setImmediate)
    assert.deepEqual(
      all.map(({ told }) => told),
      [['refused'], ['refused'], ['refused']],
    )
    assert.deepEqual(errors, [new Error('refused')])
  })

  it('opens another for who waits when a connection closes', async () => {
    const { pool, connects, connected } = poolOf({ connectionsMax: 1 })
    const [first, second] = travellers(2) as [Traveller, Traveller]
    pool.send(first)
    await connected()
    pool.send(second)
    first.connection?.close()
    assert.equal(connects.length, 1)
    await connected()
    assert.deepEqual(second.told, ['board'])
  })

  it('gives nobody a connection that has closed', async () => {
    const { pool, connected } = poolOf()
    const [first, second] = travellers(2) as [Traveller, Traveller]
    pool.send(first)
    await connected()
    pool.release(first.connection as Connection)
    Object.assign(first.connection as object, { usable: false })
    pool.send(second)
    await connected()
    assert.notEqual(second.connection, first.connection)
  })

  it('forgets who has given up', async () => {
    const { pool, connected } = poolOf()
    const [first] = travellers(1) as [Traveller]
    pool.send(first)
    pool.forget(first)
    await connected()
    assert.deepEqual(first.told, [])
    assert.equal(pool.state.idle, 1)
  })

  it('sends all on when it retires, closes what is idle at once and what is busy when it is given back', async () => {
    const { pool, signals, connects, connected } = poolOf({ connectionsMax: 3 })
    const [busy, idle, waiting, late] = travellers(4) as [Traveller, Traveller, Traveller, Traveller]
    pool.send(busy)
    pool.send(idle)
    await connected()
    await connected()
    pool.send(waiting)
    pool.release(idle.connection as Connection)
    assert.deepEqual(waiting.told, ['board'])
    pool.release(waiting.connection as Connection)
    pool.send(late)
    pool.send(waiting)
    pool.retire()
    assert.deepEqual(waiting.told, ['board', 'moveOn'])
    assert.ok(signals[2]?.aborted)
    assert.equal(busy.connection?.usable, true)
    pool.release(busy.connection)
    assert.equal(busy.connection.usable, false)
    pool.release(late.connection as Connection)
    connects.shift()?.reject(new Error('aborted'))
    await new Promise(setImmediate)
    assert.deepEqual(pool.state, { open: 0, idle: 0, connecting: 0, waiting: 0 })
  })

  it('sends who comes after that on, until it is revived', async () => {
    const { pool, connected } = poolOf()
    const [early, late] = travellers(2) as [Traveller, Traveller]
    pool.retire()
    pool.send(early)
    assert.deepEqual([early.told, pool.accepting], [['moveOn'], false])
    pool.revive()
    pool.send(late)
    await connected()
    assert.deepEqual([late.told, pool.accepting], [['board'], true])
  })

  it('destroys a socket that comes when it has retired', async () => {
    const { pool, connects } = poolOf()
    pool.send(new Traveller())
    pool.retire()
    const socket = new Socket()
    connects.shift()?.resolve(socket)
    await new Promise(setImmediate)
    assert.ok(socket.destroyed)
  })
})
