import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { refusing } from '../../../src/daemon/rest/refusing.ts'
import { InstanceConflictError } from '../../../src/discovery/errors.ts'
import { Router, type RouteHandler } from '../../../src/web/router.ts'
import { ask } from './rest-server.ts'

async function serve(t: TestContext, handler: RouteHandler): Promise<string> {
  const server = createServer(new Router().route('GET', '/', refusing(handler)).handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('refusing', () => {
  it('answers what the Store refuses with its own code', async t => {
    const url = await serve(t, async () => {
      throw new InstanceConflictError('users', 'u1')
    })
    const { status, body } = await ask(url)
    assert.deepEqual([status, body.error.code], [409, 'ERR_INSTANCE_CONFLICT'])
    assert.match(body.error.message, /another live process/)
  })

  it('leaves other errors to the router, which keeps them secret', async t => {
    const url = await serve(t, () => {
      throw new TypeError('secret')
    })
    const { status, body } = await ask(url)
    assert.deepEqual([status, body.error.code], [500, 'ERR_INTERNAL'])
    assert.doesNotMatch(JSON.stringify(body), /secret/)
  })
})
