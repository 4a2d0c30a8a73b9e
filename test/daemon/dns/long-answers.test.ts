import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LongAnswers } from '../../../src/daemon/dns/long-answers.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

/** `a.b`, A, IN. */
const QUESTION = [1, 0x61, 1, 0x62, 0, 0, 1, 0, 1]

/** An answer of so many bytes, with one question. */
function answerOf(bytes: number): Buffer {
  const answer = Buffer.alloc(bytes, 7)
  answer.set([0xab, 0xcd, 0x84, 0, 0, 1, 0, 9, 0, 1, 0, 2, ...QUESTION])
  return answer
}

const long = answerOf(513)

describe('LongAnswers', () => {
  it('gives a client so many long answers per second, and then only says to come by TCP', async () => {
    const clock = new FakeClock()
    const answers = new LongAnswers(clock)
    const got = (count: number) =>
      Array.from({ length: count }, () => answers.fitting(long, '192.0.2.1')).filter(answer => answer === long).length
    assert.equal(got(60), 50)
    const short = answers.fitting(long, '192.0.2.1')
    assert.deepEqual([...short], [0xab, 0xcd, 0x86, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...QUESTION])
    await clock.advance(500)
    assert.equal(got(60), 25)
  })

  it('counts addresses of one IPv6 network as one, and others apart', () => {
    const answers = new LongAnswers(new FakeClock())
    for (let count = 0; count < 50; count++) answers.fitting(long, `2001:db8::${count.toString(16)}`)
    assert.notEqual(answers.fitting(long, '2001:db8::ffff'), long)
    assert.equal(answers.fitting(long, '2001:db8:0:1::1'), long)
    assert.equal(answers.fitting(long, '192.0.2.1'), long)
  })

  it('always answers this machine, and with what is short everybody', () => {
    const answers = new LongAnswers(new FakeClock())
    const short = answerOf(512)
    for (let count = 0; count < 200; count++) {
      for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
        assert.equal(answers.fitting(long, address), long)
      assert.equal(answers.fitting(short, '192.0.2.1'), short)
    }
  })
})
