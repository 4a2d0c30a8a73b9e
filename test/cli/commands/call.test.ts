import assert from 'node:assert/strict'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { poll } from '../poll.ts'
import { connectTo, instanceOf, ropewalk, Shared, start, startRegistry } from '../ropewalk.ts'

/** How many watch a service. */
async function watchersOf(url: string, serviceName: string): Promise<number> {
  const { host } = new URL(url)
  const response = await fetch(`http://${host}/api/v1/services/${serviceName}/watchers`)
  const { watchers } = (await response.json()) as { watchers: readonly unknown[] }
  return watchers.length
}

describe('ropewalk call', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  let endpoint: string
  before(async () => {
    url = await startRegistry(shared)
    const server = createServer((request, response) => {
      const { method, url: path, headers } = request
      response.statusCode = path === '/missing' ? 404 : 200
      response.setHeader('x-kind', 'echo')
      if (path === '/endless') response.write('for ever')
      else
        void text(request).then(body =>
          response.end(JSON.stringify({ method, path, type: headers['content-type'], body })),
        )
    }).listen(0, '127.0.0.1')
    shared.after(() => {
      server.close()
      server.closeAllConnections()
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    endpoint = `tcp://127.0.0.1:${port}`
    await connectTo(shared, url).register(instanceOf('echo', 'e1', { endpoints: [endpoint] }))
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

  it('ends with 68 when there is no such service, and says which may have been meant', async () => {
    const { status, stderr } = await ropewalk('call', 'ecko', '/', '--registry', url)
    assert.equal(status, 68)
    assert.match(stderr, /"ecko"\. Did you mean "echo"\? \(ERR_CLI_SERVICE_UNKNOWN\)/)
  })

  it('waits as long as it is told for an instance that comes later', async () => {
    const calling = ropewalk('call', 'late', '/here', '--timeout', '30s', '--registry', url)
    const registry = connectTo(shared, url)
    await poll(async () => (await watchersOf(url, 'late')) > 0)
    await registry.register(instanceOf('late', 'l1', { endpoints: [endpoint] }))
    const { status, stdout, stderr } = await calling
    assert.equal(status, 0, stderr)
    assert.equal(JSON.parse(stdout).path, '/here')
  })

  it('waits as long as it is told for a registry that comes later', async t => {
    let attempts = 0
    const absent = createTcpServer(socket => {
      attempts++
      socket.resetAndDestroy()
    }).listen(0, '127.0.0.1')
    await once(absent, 'listening')
    const { port } = absent.address() as AddressInfo
    const later = `ropewalk://127.0.0.1:${port}`
    const calling = ropewalk('call', 'echo', '/', '--timeout', '30s', '--registry', later)
    await poll(() => attempts > 3)
    absent.close()
    await once(absent, 'close')
    start(t, ['registry', '--memory', '--listen', `tcp:${port}:interface=127.0.0.1`])
    await connectTo(t, later).register(instanceOf('echo', 'e1', { endpoints: [endpoint] }))
    const { status, stderr } = await calling
    assert.equal(status, 0, stderr)
  })

  it('says so when no registry came in time', async () => {
    const { status, stderr } = await ropewalk(
      'call',
      'echo',
      '/',
      '--timeout',
      '300ms',
      '--registry',
      'ropewalk://127.0.0.1:1',
    )
    assert.equal(status, 75)
    assert.match(stderr, /ERR_REGISTRY_UNAVAILABLE/)
  })

  it('says so when the answer does not end in time', async () => {
    const { status, stderr } = await ropewalk('call', 'echo', '/endless', '--timeout', '5s', '--registry', url)
    assert.equal(status, 75)
    assert.match(stderr, /The whole answer of "echo" did not happen within 5000 ms \(ERR_CLI_NOT_IN_TIME\)/)
  })

  it('refuses, without a stack, what is no name and a file that is not there', async () => {
    for (const name of ['a b', 'http://users']) {
      const { status, stderr } = await ropewalk('call', name, '/', '--registry', url)
      assert.equal(status, 64)
      assert.match(stderr, /^ropewalk: ".*" is no name that can be called/)
    }
    const { status, stderr } = await ropewalk('call', 'echo', '/', '-d', '@/not/there', '--registry', url)
    assert.equal(status, 66)
    assert.match(stderr, /^ropewalk: \/not\/there cannot be read \(ERR_CLI_UNUSABLE_FILE\)\n  because: /)
  })
})
