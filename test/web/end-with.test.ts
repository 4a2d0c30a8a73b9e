import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { endWith } from '../../src/web/end-with.ts'
import { serveNode } from './serve.ts'

describe('endWith', () => {
  it('sends every byte as it is, small bodies and large ones', async t => {
    for (const size of [1, 256, 2 ** 14, 2 ** 14 + 1]) {
      const body = Buffer.from(Array.from({ length: size }, (_, index) => index % 256))
      const url = await serveNode(t, (_, response) =>
        endWith(response.writeHead(200, { 'content-length': size }), body),
      )
      assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), body)
    }
  })

  it('sends only the part of the memory that is the body', async t => {
    const url = await serveNode(t, (_, response) =>
      endWith(response.writeHead(200), Buffer.from('abcdef').subarray(2, 4)),
    )
    assert.equal(await (await fetch(url)).text(), 'cd')
  })
})
