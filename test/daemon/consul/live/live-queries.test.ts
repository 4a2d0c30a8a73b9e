import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LiveQueries } from '../../../../src/daemon/consul/live/live-queries.ts'
import type { Question } from '../../../../src/daemon/consul/live/live-query.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'

const never = { tell: () => assert.fail('told'), fail: () => assert.fail('failed') }

/** A question whose answer is as it is set, and which counts how often it is evaluated. */
function asked(text: string) {
  const onChange = new Set<() => void>()
  const state = { text, revision: 1, evaluations: 0, change: () => onChange.forEach(each => each()) }
  const question: Question = {
    revision: () => state.revision,
    evaluate: () => {
      state.evaluations++
      if (state.text === '') throw new Error('cannot be evaluated')
      return { status: 200, text: state.text, index: 0 }
    },
    watch(listener) {
      onChange.add(listener)
      return () => void onChange.delete(listener)
    },
  }
  return { state, question: () => question }
}

describe('LiveQueries', () => {
  it('keeps no more than 256 MiB of answers, however few questions there are', () => {
    const queries = new LiveQueries()
    const text = 'x'.repeat(2 ** 20)
    for (let count = 0; count < 300; count++) {
      queries.ask(`q${count}`, asked(text).question).result()
      assert.ok(queries.bytes <= 256 * 2 ** 20)
    }
    assert.ok(queries.bytes >= 128 * 2 ** 20)
  })

  it('answers with what is longer than all that may be kept', () => {
    // The limit of this and the next test is so low that a longer text is still a short one.
    const queries = new LiveQueries({ bytesMax: 100 })
    assert.equal(queries.ask('long', asked('x'.repeat(1_000)).question).result().body.text.length, 1_000)
  })

  it('lets go of answers that somebody waits for, and wakes who waits only when another one comes', () => {
    const clock = new FakeClock()
    const queries = new LiveQueries({ bytesMax: 10_000 })
    const first = asked('first'.repeat(1_000))
    const query = queries.ask('first', first.question)
    const { index } = query.result()
    const told: string[] = []
    query.wait(
      { index, waitMs: 60_000, clock },
      { ...never, tell: ({ body }) => void told.push(body.text.slice(0, 5)) },
    )
    for (let count = 0; count < 100; count++) queries.ask(`q${count}`, asked('x'.repeat(1_000)).question).result()
    assert.deepEqual([query.bytes, queries.bytes <= 10_000], [0, true])
    first.state.revision++
    first.state.change()
    assert.deepEqual(told, [])
    first.state.revision++
    first.state.text = 'other'
    first.state.change()
    assert.deepEqual(told, ['other'])
    query.letGo()
    assert.deepEqual([query.result().index, query.result().body.text], [index + 1, 'other'])
  })

  it('tells who waits when what is asked for cannot be evaluated any more', () => {
    const clock = new FakeClock()
    const queries = new LiveQueries()
    const { state, question } = asked('once')
    const query = queries.ask('once', question)
    const { index } = query.result()
    const failed: string[] = []
    query.wait(
      { index, waitMs: 60_000, clock },
      { ...never, fail: error => void failed.push((error as Error).message) },
    )
    state.text = ''
    state.revision++
    state.change()
    assert.deepEqual([failed, query.isWatched, clock.pending], [['cannot be evaluated'], false, 0])
  })

  it('forgets the oldest that nobody waits for when there are more than 10,000', () => {
    const queries = new LiveQueries()
    const [oldest, newest] = [asked('oldest'), asked('newest')]
    const askAll = () => {
      queries.ask('newest', newest.question).result()
      queries.ask('oldest', oldest.question).result()
    }
    queries.ask('oldest', oldest.question).result()
    for (let count = 0; count < 9_998; count++) queries.ask(`q${count}`, asked('x').question).result()
    askAll()
    assert.deepEqual([oldest.state.evaluations, newest.state.evaluations], [1, 1])
    queries.ask('one more', asked('x').question).result()
    askAll()
    assert.deepEqual([oldest.state.evaluations, newest.state.evaluations], [2, 1])
    assert.ok(queries.bytes <= 2 * 10_000 * 'oldest'.length)
  })
})
