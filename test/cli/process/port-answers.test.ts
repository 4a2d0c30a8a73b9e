import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { untilPortAnswers } from '../../../src/cli/process/port-answers.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'

const host = '127.0.0.1'

describe('untilPortAnswers', () => {
  it('resolves once something listens there', async t => {
    const port = await freePort()
    const { signal } = new AbortController()
    const answered = untilPortAnswers({ host, port, signal })
    const server = createServer().listen(port, host)
    t.after(() => server.close())
    await once(server, 'listening')
    await answered
  })

  it('gives up with the signal, with its reason', async () => {
    const port = await freePort()
    const controller = new AbortController()
    const answered = untilPortAnswers({ host, port, signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await assert.rejects(answered, reason)
  })
})
