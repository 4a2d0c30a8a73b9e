import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConnectionListener, Dial } from '../../../src/adapters/daemon/connection.ts'
import { dialInTurn } from '../../../src/adapters/daemon/dial-in-turn.ts'

const listener: ConnectionListener = { onFrame: () => {}, onAlive: () => {}, onClose: () => {} }

/** Dials of three daemons, and which were dialled; one of them `fails`. */
function daemons(fails?: number) {
  const dialled: number[] = []
  const listeners: ConnectionListener[] = []
  const dials = [0, 1, 2].map((at): Dial => async one => {
    dialled.push(at)
    if (at === fails) throw new Error('it is away')
    listeners.push(one)
    return { send: () => {}, ping: () => {}, destroy: () => {} }
  })
  return { dial: dialInTurn(dials), dialled, speak: () => listeners.at(-1)?.onFrame('[]') }
}

describe('dialInTurn', () => {
  it('stays with a daemon that has said something', async () => {
    const { dial, dialled, speak } = daemons()
    for (let time = 0; time < 3; time++) {
      await dial(listener)
      speak()
    }
    assert.deepEqual(dialled, [0, 0, 0])
  })

  it('goes on to the next when one cannot be dialled, and begins anew after the last', async () => {
    const { dial, dialled } = daemons(0)
    await assert.rejects(dial(listener), { message: 'it is away' })
    for (let time = 0; time < 2; time++) await dial(listener)
    await assert.rejects(dial(listener))
    assert.deepEqual(dialled, [0, 1, 2, 0])
  })

  it('goes on to the next when one says nothing', async () => {
    const { dial, dialled, speak } = daemons()
    await dial(listener)
    await dial(listener)
    speak()
    await dial(listener)
    assert.deepEqual(dialled, [0, 1, 1])
  })
})
