import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../src/core/event.ts'
import { PIPELINED_MAX } from '../../src/web/pipeline.ts'
import { eventually } from '../endpoint/eventually.ts'
import { gate, RawClient, serveNode } from './serve.ts'

const GET = 'GET / HTTP/1.1\nHost: x\n\n'

describe('Pipeline', () => {
  it('lets as many requests wait on a connection as may, and answers them in their order', async t => {
    const { opened, open } = gate()
    let begun = 0
    const url = await serveNode(t, async (_request, response) => {
      const number = ++begun
      await opened
      response.end(`<${number}>`)
    })
    const client = await RawClient.open(t, url)
    client.send(GET.repeat(1 + PIPELINED_MAX))
    await eventually(() => begun === 1 + PIPELINED_MAX)
    open()
    await client.receives(new RegExp(`<1>[^]*<${1 + PIPELINED_MAX}>`))
    client.send(GET.repeat(1 + PIPELINED_MAX))
    await client.receives(new RegExp(`<${2 + 2 * PIPELINED_MAX}>`))
  })

  it('cuts a connection on which one more is sent, and begins nothing that comes after', async t => {
    const told: string[] = []
    t.after(observe('web', ({ event }) => void told.push(event)))
    let begun = 0
    const url = await serveNode(t, () => void begun++)
    const client = await RawClient.open(t, url)
    client.send(GET.repeat(10 * PIPELINED_MAX))
    await client.ends()
    assert.deepEqual([begun, told.filter(event => event === 'connection.flooded').length], [1 + PIPELINED_MAX, 1])
  })
})
