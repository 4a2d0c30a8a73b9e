import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../src/core/event.ts'
import { OpenFiles } from '../../src/daemon/open-files.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** OpenFiles whose attempts fail with `state.code`, if that is set, and what they tell. */
function tried(t: TestContext) {
  const state: { code?: string | undefined } = {}
  const clock = new FakeClock()
  const told: string[] = []
  t.after(observe('daemon', ({ level, event }) => void told.push(`${level} ${event}`)))
  const attempt = () => {
    if (state.code) throw Object.assign(new Error(`${state.code}: too many`), { code: state.code })
  }
  const files = new OpenFiles({ clock, attempt })
  t.after(() => files.close())
  return { state, clock, told, files }
}

describe('OpenFiles', () => {
  it('tell once that there is no room, however long, and once that there is again, when there was for a minute', async t => {
    const { state, clock, told } = tried(t)
    await clock.advance(5_000)
    assert.deepEqual(told, [])
    for (const code of ['EMFILE', 'ENFILE', undefined, 'EMFILE']) {
      state.code = code
      await clock.advance(10_000)
    }
    assert.deepEqual(told, ['error files.exhausted'])
    state.code = undefined
    await clock.advance(59_000)
    assert.deepEqual(told, ['error files.exhausted'])
    await clock.advance(1_000)
    assert.deepEqual(told, ['error files.exhausted', 'info files.available'])
    state.code = 'EMFILE'
    await clock.advance(1_000)
    assert.equal(told.length, 3)
  })

  it('tell nothing of what is another trouble', async t => {
    const { state, clock, told } = tried(t)
    state.code = 'EACCES'
    await clock.advance(120_000)
    assert.deepEqual(told, [])
  })

  it('try no more once they are closed', async t => {
    const { state, clock, told, files } = tried(t)
    state.code = 'EMFILE'
    files.close()
    await clock.advance(10_000)
    assert.deepEqual([told, clock.pending], [[], 0])
  })
})
