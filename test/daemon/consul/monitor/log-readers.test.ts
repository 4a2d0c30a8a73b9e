import assert from 'node:assert/strict'
import { get } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { isObserved, publish } from '../../../../src/core/event.ts'
import { until } from '../../../adapters/daemon/until.ts'
import { guardedConsul } from '../guarded-consul.ts'
import { serveConsul } from '../consul-server.ts'

/** Reads the log, and is back when it is told that it may. */
async function read(t: TestContext, url: string): Promise<{ text: string; isOver: boolean; end: () => void }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const reading = { text: '', isOver: false, end: () => void request.destroy() }
  const request = get(url, response => {
    assert.equal(response.statusCode, 200)
    response.setEncoding('utf8').on('data', (part: string) => (reading.text += part))
    response.on('error', () => {}).on('close', () => (reading.isOver = true))
    resolve()
  })
  request.on('error', reject)
  t.after(() => request.destroy())
  await promise
  return reading
}

const tell = (level: 'debug' | 'info' | 'error', message: string) =>
  publish('discovery', { level, event: 'test.told', message })

describe('LogReaders', () => {
  it('tell each reader the events from its level on, in the form it asked for', async t => {
    const { url } = await serveConsul(t)
    const people = await read(t, `${url}/v1/agent/monitor`)
    const program = await read(t, `${url}/v1/agent/monitor?loglevel=err&logjson`)
    tell('debug', 'one')
    tell('info', 'two')
    tell('error', 'three')
    await until(() => people.text.includes('three') && program.text.includes('three'), 'they are told')
    assert.deepEqual(people.text.match(/discovery: \w+/g), ['discovery: two', 'discovery: three'])
    assert.equal((JSON.parse(program.text) as Record<string, string>)['@message'], 'three')
  })

  it('observe nothing unless somebody reads', async t => {
    const { url } = await serveConsul(t)
    assert.equal(isObserved('discovery'), false)
    const reading = await read(t, `${url}/v1/agent/monitor`)
    assert.equal(isObserved('discovery'), true)
    reading.end()
    await until(() => !isObserved('discovery'), 'nothing is observed')
  })

  it('end when the frontend closes', async t => {
    const { url, frontend } = await serveConsul(t)
    const reading = await read(t, `${url}/v1/agent/monitor`)
    frontend.close()
    await until(() => reading.isOver, 'it is over')
  })

  it('refuse a token that is none, a level that there is not, and one reader too many', async t => {
    const { url, ask, status } = await guardedConsul(t)
    assert.equal((await ask('guess', 'GET /v1/agent/monitor?loglevel=bogus')).status, 403)
    const unknown = await ask('operator', 'GET /v1/agent/monitor?loglevel=bogus')
    assert.deepEqual([unknown.status, unknown.text], [400, 'Bad request: Unknown log level: bogus'])
    for (let reader = 0; reader < 64; reader++) await read(t, `${url}/v1/agent/monitor?token=operator`)
    assert.equal(await status('operator', 'GET /v1/agent/monitor'), 429)
  })
})
