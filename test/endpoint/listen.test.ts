import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listen } from '../../src/endpoint/listen.ts'
import { closing, folder } from './sandbox.ts'

describe('listen', () => {
  it('takes a string or an endpoint', async t => {
    const first = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    const second = closing(t, await listen({ scheme: 'tcp', host: '127.0.0.1', port: 0 }))
    assert.notEqual(first.url, second.url)
  })

  it('rejects with what is in the way and leaves nothing behind', async t => {
    const taken = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    await assert.rejects(listen(taken.endpoint), { code: 'ERR_ADDRESS_IN_USE' })
    await assert.rejects(listen('tls:0:interface=127.0.0.1'), { code: 'ERR_CERTIFICATE_MISSING' })
    await assert.rejects(listen('nonsense'), { code: 'ERR_ENDPOINT_SYNTAX' })
  })

  it('rejects with the reason of its signal and frees the place again', async t => {
    const reason = new Error('given up')
    const path = join(folder(t), 's')
    await assert.rejects(listen(`unix:${path}`, { signal: AbortSignal.abort(reason) }), reason)
    const controller = new AbortController()
    const listening = listen(`unix:${path}`, { signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(listening, reason)
    assert.equal(existsSync(path), false)
  })

  it('removes its socket file when it closes', async t => {
    const path = join(folder(t), 's')
    const listener = await listen(`unix:${path}`)
    assert.equal(listener.url, `unix:${path}`)
    await listener.close()
    assert.equal(existsSync(path), false)
  })
})
