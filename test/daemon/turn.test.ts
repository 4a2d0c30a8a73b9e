import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Turn } from '../../src/daemon/turn.ts'

describe('Turn', () => {
  it('does at its end what was asked for, step by step, each once', async () => {
    const turn = new Turn()
    const done: string[] = []
    const task = (name: string) => () => void done.push(name)
    const send = task('send')
    turn.at('send', send)
    turn.at('notify', task('notify'))
    turn.at('commit', task('commit'))
    turn.at('send', send)
    assert.deepEqual(done, [])
    await nextTurn()
    assert.deepEqual(done, ['commit', 'notify', 'send'])
    await nextTurn()
    assert.deepEqual(done, ['commit', 'notify', 'send'])
  })

  it('still does in this turn what a task asks for of its own or a later step', async () => {
    const turn = new Turn()
    const done: string[] = []
    turn.at('commit', () => {
      turn.at('send', () => done.push('send'))
      turn.at('commit', () => done.push('commit'))
    })
    await nextTurn()
    assert.deepEqual(done, ['commit', 'send'])
  })

  it('does in the next turn what a task asks for of an earlier step', async () => {
    const turn = new Turn()
    const done: string[] = []
    turn.at('send', () => turn.at('commit', () => done.push('commit')))
    await nextTurn()
    assert.deepEqual(done, [])
    await nextTurn()
    assert.deepEqual(done, ['commit'])
  })
})
