import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { StreamAnswer } from '../../../src/adapters/etcd/stream-answer.ts'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

/** What an answer makes of bytes that come in pieces which end at these places. */
function taken(whole: string, ends: readonly number[] = []): { answer: StreamAnswer; lines: string[] } {
  const answer = new StreamAnswer()
  const bytes = Buffer.from(whole, 'latin1')
  const places = [...ends.filter(end => end < bytes.length), bytes.length].toSorted((one, other) => one - other)
  const lines = places.map((end, at) => answer.take(bytes.subarray(places[at - 1] ?? 0, end)))
  return { answer, lines: lines.filter(text => text !== '') }
}

describe('StreamAnswer', () => {
  it('gives whole lines, those that came together together', () => {
    const { answer, lines } = taken(`${HEAD}${chunk('{"a":1}\n')}${chunk('{"b":')}${chunk('2}\n{"c"')}`)
    assert.deepEqual(lines, ['{"a":1}\n{"b":2}\n'])
    assert.deepEqual([answer.begun, answer.ended], [true, false])
    assert.equal(answer.take(Buffer.from(chunk(':3}\n'))), '{"c":3}\n')
  })

  it('gives the same however the bytes come', () => {
    const lines = ['{"a":1}\n', `{"b":"${'x'.repeat(300)}"}\n`, '{"c":"\u00e9"}\n']
    const whole = `${HEAD}${lines.map(chunk).join('')}0\r\n\r\n`
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), ends => {
        const made = taken(whole, ends)
        assert.equal(made.lines.join(''), lines.join(''))
        assert.equal(made.answer.ended, true)
      }),
    )
    const bytewise = Array.from(whole, (_, at) => at)
    assert.equal(taken(whole, bytewise).lines.join(''), lines.join(''))
  })

  it('refuses an answer with another status than 200, and says what it was', () => {
    const text = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy'
    assert.throws(() => taken(text), /HTTP status 503: busy/)
  })
})
