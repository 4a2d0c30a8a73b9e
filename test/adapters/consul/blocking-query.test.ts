import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blockingQuery, type BlockingAnswer, type Position } from '../../../src/adapters/consul/blocking-query.ts'
import { Pace } from '../../../src/adapters/consul/pace.ts'
import type { ConsulAnswer } from '../../../src/adapters/consul/request.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

type Said = Partial<Pick<ConsulAnswer, 'index' | 'hash' | 'text'>>

/** Has a Consul that says these things in turn, and then no more; notes what it was asked for and what came out. */
async function told(...said: Said[]) {
  const clock = new FakeClock()
  const asked: Position[] = []
  const yielded: BlockingAnswer[] = []
  const ask = async (position: Position): Promise<ConsulAnswer> => {
    asked.push(position)
    const next = said.shift()
    if (!next) throw new Error('no more')
    return { status: 200, index: undefined, hash: undefined, text: '[]', ...next }
  }
  const pace = new Pace({ clock, burst: 100, everyMs: 1 })
  const reading = (async () => {
    for await (const answer of blockingQuery({ ask, pace, clock, random: seededRandom(1) })) yielded.push(answer)
  })()
  const ended = assert.rejects(reading, /no more/)
  await clock.advance(60_000)
  await ended
  return { asked, indexes: yielded.map(({ index }) => index), texts: yielded.map(({ text }) => text), yielded }
}

describe('blockingQuery', () => {
  it('asks for what there is, then for what comes after each answer', async () => {
    const { asked, indexes } = await told({ index: 5 }, { index: 7 })
    assert.deepEqual(asked, [{}, { index: '5' }, { index: '7' }])
    assert.deepEqual(indexes, [5, 7])
  })

  it('takes the same index for a wait in vain', async () => {
    const { indexes } = await told({ index: 5 }, { index: 5 }, { index: 5 }, { index: 6 })
    assert.deepEqual(indexes, [5, 6])
  })

  it('starts over when the index goes back, and says so', async () => {
    const { asked, indexes, yielded } = await told({ index: 5 }, { index: 3 }, { index: 3 }, { index: 4 })
    assert.deepEqual(asked, [{}, { index: '5' }, {}, { index: '3' }, { index: '4' }])
    assert.deepEqual(indexes, [5, 3, 4])
    assert.deepEqual(
      yielded.map(({ isReset }) => isReset),
      [false, true, false],
    )
  })

  it('never asks for what comes after index 0, which would be answered at once', async () => {
    const { asked } = await told({ index: 0 }, { index: 0 })
    assert.deepEqual(asked, [{}, { index: '1' }, { index: '1' }])
  })

  it('goes by the hash where there is one', async () => {
    const { asked, texts } = await told({ hash: 'a', text: '1' }, { hash: 'a', text: '1' }, { hash: 'b', text: '2' })
    assert.deepEqual(asked, [{}, { hash: 'a' }, { hash: 'a' }, { hash: 'b' }])
    assert.deepEqual(texts, ['1', '2'])
  })

  it('asks once a second where there is neither index nor hash, and yields what has changed', async () => {
    const { asked, texts } = await told({ text: '1' }, { text: '1' }, { text: '2' })
    assert.deepEqual(asked, [{}, {}, {}, {}])
    assert.deepEqual(texts, ['1', '2'])
  })

  it('waits out what changes too quickly', async () => {
    const clock = new FakeClock()
    let index = 0
    const ask = async () => ({ status: 200, index: ++index, hash: undefined, text: '[]' })
    const pace = new Pace({ clock, burst: 5, everyMs: 100 })
    const controller = new AbortController()
    const reading = (async () => {
      for await (const _ of blockingQuery({ ask, pace, clock, random: seededRandom(1) }, controller));
    })()
    const ended = assert.rejects(reading, { name: 'AbortError' })
    await clock.advance(1_000)
    assert.ok(index <= 16, `${index} questions in a second`)
    controller.abort()
    await ended
  })
})
