import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { IncomingHttpHeaders } from 'node:http'
import { json } from '../../../../src/daemon/consul/http/answer.ts'
import { sentAnswer } from '../../../../src/daemon/consul/http/sent-answer.ts'
import type { RequestHead } from '../../../../src/web/whole-request.ts'

const asking = (headers: IncomingHttpHeaders = {}) => ({ method: 'GET', url: '/', headers }) as RequestHead
const LONG = json('x'.repeat(5_000))

describe('sentAnswer', () => {
  it('is the same object for all who are told the same', () => {
    const sent = sentAnswer(asking(), LONG)
    assert.equal(sentAnswer(asking(), LONG), sent)
    assert.deepEqual(sent.headers.slice(-4), ['Content-Length', '5002', 'Vary', 'Accept-Encoding'])
  })

  it('is another where status or headers are others', () => {
    const sent = sentAnswer(asking(), LONG)
    const other = sentAnswer(asking(), { ...LONG, headers: ['X-A', '1'] })
    assert.deepEqual([other.status, other.headers[0]], [200, 'X-A'])
    assert.equal(sentAnswer(asking(), { ...LONG, status: 404 }).status, 404)
    assert.deepEqual(sentAnswer(asking(), LONG), sent)
  })

  it('is compressed for who takes that, if it is long', () => {
    const sent = sentAnswer(asking({ 'accept-encoding': 'gzip, br' }), LONG)
    assert.deepEqual(sent.headers.slice(-2), ['Content-Encoding', 'gzip'])
    assert.equal(gunzipSync(sent.body.bytes).toString(), LONG.body.text)
    assert.ok(!sentAnswer(asking({ 'accept-encoding': 'gzip' }), json('short')).headers.includes('gzip'))
  })
})
