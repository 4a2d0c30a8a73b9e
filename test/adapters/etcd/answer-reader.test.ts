import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { AnswerReader } from '../../../src/adapters/etcd/answer-reader.ts'

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'

/** What a reader makes of bytes that come in pieces which end at these places. */
function read(whole: string, ends: readonly number[] = []): { reader: AnswerReader; text: string } {
  const reader = new AnswerReader()
  const bytes = Buffer.from(whole, 'latin1')
  const places = [...ends.filter(end => end < bytes.length), bytes.length].toSorted((one, other) => one - other)
  const texts = places.map((end, at) => reader.take(bytes.subarray(places[at - 1] ?? 0, end)))
  return { reader, text: texts.join('') }
}

const ANSWERS: Readonly<Record<string, { whole: string; text: string }>> = {
  'of a length': { whole: 'HTTP/1.1 404 Not Found\r\ncontent-length:  5\r\n\r\nhe\u00ffl\n', text: 'he\u00ffl\n' },
  empty: { whole: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', text: '' },
  'in chunks': { whole: `${CHUNKED}3\r\nabc\r\n0A;x=1\r\n0123456789\r\n0\r\n\r\n`, text: 'abc0123456789' },
  'in chunks with a trailer': { whole: `${CHUNKED}1\r\na\r\n0\r\nGrpc-Trailer: x\r\nY: z\r\n\r\n`, text: 'a' },
}

describe('AnswerReader', () => {
  for (const [what, { whole, text }] of Object.entries(ANSWERS)) {
    it(`reads an answer that is ${what}, however its bytes come`, () => {
      const check = (ends: readonly number[]) => {
        const made = read(whole, ends)
        assert.deepEqual([made.text, made.reader.done, made.reader.keepsAlive], [text, true, true])
      }
      fc.assert(fc.property(fc.array(fc.nat(whole.length)), check))
      check(Array.from(whole, (_, at) => at))
      for (let end = 1; end < whole.length; end++) assert.equal(read(whole.slice(0, end)).reader.done, false)
    })
  }

  it('says when the connection is not to be used again', () => {
    const { reader } = read('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    assert.deepEqual([reader.status, reader.keepsAlive], [200, false])
  })

  it('refuses what is no such answer', () => {
    const wrong: [string, RegExp][] = [
      ['SSH-2.0-OpenSSH_9.2\r\n\r\n', /no answer of HTTP: SSH/],
      ['HTTP/1.1 200 OK\r\n\r\n', /no answer of HTTP/],
      ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', /no answer of HTTP/],
      ['HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n', /longer than/],
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', /more came/],
      [`${CHUNKED}zz\r\n`, /no proper length/],
      [`${CHUNKED}fffffffff\r\n`, /no proper length/],
      ['x'.repeat(100_000), /headers are longer/],
    ]
    for (const [answer, expected] of wrong) assert.throws(() => read(answer), expected, answer.slice(0, 60))
  })
})
