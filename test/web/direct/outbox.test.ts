import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { Outbox, type Sender } from '../../../src/web/direct/outbox.ts'

/** An Outbox, and senders of words that say so when they send. */
function setUp() {
  const sent: string[] = []
  const sender = (word: string, then = () => {}): Sender => ({
    send() {
      sent.push(word)
      then()
    },
  })
  return { outbox: new Outbox(), sent, sender }
}

describe('An Outbox', () => {
  it('sends at the end of the turn what was given in it, in that order', async () => {
    const { outbox, sent, sender } = setUp()
    outbox.add(sender('one'))
    await Promise.resolve()
    outbox.add(sender('two'))
    assert.deepEqual(sent, [])
    await nextTurn()
    assert.deepEqual(sent, ['one', 'two'])
  })

  it('sends in a turn of its own what is given while it sends', async () => {
    const { outbox, sent, sender } = setUp()
    outbox.add(sender('one', () => outbox.add(sender('later'))))
    outbox.add(sender('two'))
    await nextTurn()
    assert.deepEqual(sent, ['one', 'two'])
    await nextTurn()
    assert.deepEqual(sent, ['one', 'two', 'later'])
  })
})
