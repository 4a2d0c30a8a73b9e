import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ResponseBody } from '../../../src/client/fetch/response-body.ts'

function body() {
  const told: string[] = []
  const one = new ResponseBody({
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    cancel: ({ message }) => told.push(`cancel: ${message}`),
  })
  return { one, told }
}

const KIB = 1024

describe('ResponseBody', () => {
  it('is a whole of what has come and what comes', async () => {
    const { one } = body()
    one.onData(Buffer.from('a'))
    const whole = one.whole()
    one.onData(Buffer.from('b'))
    one.onEnd()
    assert.equal((await whole).toString(), 'ab')
  })

  it('lets the connection wait when much has come that nobody wants yet', async () => {
    const { one, told } = body()
    one.onData(Buffer.alloc(60 * KIB))
    assert.deepEqual(told, [])
    one.onData(Buffer.alloc(60 * KIB))
    assert.deepEqual(told, ['pause'])
    const whole = one.whole()
    assert.deepEqual(told, ['pause', 'resume'])
    one.onData(Buffer.alloc(600 * KIB))
    one.onEnd()
    assert.equal((await whole).length, 720 * KIB)
    assert.deepEqual(told, ['pause', 'resume'])
  })

  it('streams no faster than it is read', async () => {
    const { one, told } = body()
    one.onData(Buffer.from('a'))
    const reader = one.stream().getReader()
    assert.ok(told.includes('pause'))
    assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'a')
    const next = reader.read()
    assert.equal(told.at(-1), 'resume')
    one.onData(Buffer.from('b'))
    assert.equal(Buffer.from((await next).value ?? []).toString(), 'b')
    one.onEnd()
    assert.equal((await reader.read()).done, true)
  })

  it('is broken off also by an error that is nothing', async () => {
    const { one } = body()
    one.onData(Buffer.from('a'))
    one.onError(null)
    await assert.rejects(one.whole(), error => error === null)
  })

  it('is read for nobody when it is short, and given up when it is long', () => {
    const { one, told } = body()
    one.discard()
    one.onData(Buffer.alloc(60 * KIB))
    assert.deepEqual(told, [])
    one.onData(Buffer.alloc(60 * KIB))
    assert.deepEqual(told, ['cancel: Nobody reads this body'])
  })

  it('breaks off with an error, in either form', async () => {
    const [whole, stream] = [body().one, body().one]
    const rejected = assert.rejects(whole.whole(), /lost/)
    const reader = stream.stream().getReader()
    const failed = assert.rejects(reader.read(), /lost/)
    for (const one of [whole, stream]) {
      one.onError(new Error('lost'))
      one.onError(new Error('again'))
    }
    await Promise.all([rejected, failed])
  })

  it('tells the source when nobody wants the rest', async () => {
    const { one, told } = body()
    await one.stream().cancel(new Error('enough'))
    assert.equal(told.at(-1), 'cancel: enough')
    one.onEnd()
    one.cancel(new Error('late'))
    assert.equal(told.at(-1), 'cancel: enough')
  })
})
