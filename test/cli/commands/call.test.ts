import assert from 'node:assert/strict'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk call', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => {
    url = await startRegistry(shared)
    const server = createServer((request, response) => {
      const { method, url: path, headers } = request
      response.statusCode = path === '/missing' ? 404 : 200
      response.setHeader('x-kind', 'echo')
      void text(request).then(body =>
        response.end(JSON.stringify({ method, path, type: headers['content-type'], body })),
      )
    }).listen(0, '127.0.0.1')
    shared.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await connectTo(shared, url).register(instanceOf('echo', 'e1', { endpoints: [`tcp://127.0.0.1:${port}`] }))
  })

  it('prints the body of the answer as it is', async () => {
    const { status, stdout } = await ropewalk('call', 'echo', '/a?b=c', '--registry', url)
    assert.deepEqual([status, JSON.parse(stdout)], [0, { method: 'GET', path: '/a?b=c', body: '' }])
  })

  it('sends method, headers and a body, from a file too', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-call-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'body'), 'from a file')
    const options = ['-H', 'content-type: text/x', '-d', `@${join(folder, 'body')}`, '--registry', url]
    const { stdout } = await ropewalk('call', 'echo', 'post', ...options)
    assert.deepEqual(JSON.parse(stdout), { method: 'POST', path: '/post', type: 'text/x', body: 'from a file' })
  })

  it('prints status and headers with --json, or on stderr with --include', async () => {
    const json = JSON.parse((await ropewalk('call', 'echo', '/', '--json', '--registry', url)).stdout)
    assert.deepEqual([json.status, json.headers['x-kind'], JSON.parse(json.body).path], [200, 'echo', '/'])
    const { stderr } = await ropewalk('call', 'echo', '/', '--include', '--registry', url)
    assert.match(stderr, /^200 OK\n(.*\n)*x-kind: echo\n/)
  })

  it('ends with 1 when the answer is an error, and still prints it', async () => {
    const { status, stdout } = await ropewalk('call', 'echo', '/missing', '--registry', url)
    assert.deepEqual([status, JSON.parse(stdout).path], [1, '/missing'])
  })

  it('ends with 68 when there is no such service', async () => {
    const { status, stderr } = await ropewalk('call', 'nobody', '/', '--registry', url)
    assert.equal(status, 68)
    assert.match(stderr, /ERR_UNKNOWN_SERVICE/)
  })
})
