import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseFlags } from '../../../src/cli/consul-compat/flags.ts'
import { MEANT } from '../../../src/cli/consul-compat/help.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { until } from '../../adapters/daemon/until.ts'
import { certificate } from '../../endpoint/sandbox.ts'
import { temporaryFolder } from '../../daemon/temporary-folder.ts'

const program = fileURLToPath(new URL('../../../bin/consul-compat', import.meta.url))

/** Starts it, and is back when it answers. */
async function start(t: TestContext, port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, ['agent', '-http-port', String(port), '-dns-port=-1', ...args], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/status/leader`).catch(() => undefined)
    return answer?.ok === true
  }, 'the agent answers')
  return child
}

async function get(port: number, path: string): Promise<Record<string, object>> {
  return (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Record<string, object>
}

describe('consul-compat', () => {
  it('starts the daemon where a script starts an agent, with the services of its files', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    const config =
      'node_name = "n7"\nservice { name = "web" port = 80\n check { id = "c1" ttl = "30s" } }\ncheck { id = "m" name = "m" ttl = "9s" }'
    await writeFile(join(folder, 'a.hcl'), config)
    const child = await start(t, port, ['-dev', '-config-dir', folder])
    assert.deepEqual(Object.keys(await get(port, '/v1/agent/services')), ['web'])
    assert.deepEqual(Object.keys(await get(port, '/v1/agent/checks')), ['c1', 'm'])
    assert.ok('Node' in (await get(port, '/v1/catalog/node/n7')))
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.equal(code, 0)
  })

  it('says which options mean something, each of which it takes', async () => {
    for (const words of [['-help'], ['agent', '--help'], ['agent', '-dev', '-h'], ['help']]) {
      const { stdout } = await promisify(execFile)(program, words)
      assert.match(stdout, /^Usage: consul-compat agent \[options\]\n/)
    }
    for (const option of Object.keys(MEANT)) parseFlags(`-${option}`.split(' '))
  })

  it('reads its files again when it is told to, by a request or a signal, and says why when it cannot', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    const say = (config: string) => writeFile(join(folder, 'a.json'), config)
    await say('{"service":{"name":"a"}}')
    const child = await start(t, port, ['-dev', '-config-dir', folder])
    const reload = () => fetch(`http://127.0.0.1:${port}/v1/agent/reload`, { method: 'PUT' })
    const services = async () => Object.keys(await get(port, '/v1/agent/services'))
    await say('{"service":{"name":"b"}}')
    assert.equal((await reload()).status, 200)
    assert.deepEqual(await services(), ['b'])
    await say('{"service":{"name":"c"')
    const refused = await reload()
    assert.equal(refused.status, 500)
    assert.match(await refused.text(), /^Failed reloading services: .*a\.json: /)
    assert.deepEqual(await services(), ['b'])
    await say('{"service":{"name":"d"}}')
    child.kill('SIGHUP')
    await until(async () => (await services()).join() === 'd', 'they are those of the files')
  })

  it('forgets at a start what its files say no longer, and nothing else', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    await writeFile(join(folder, 'a.json'), '{"service":{"name":"a"},"check":{"name":"m","ttl":"1h"}}')
    const args = ['-data-dir', join(folder, 'data'), '-config-file', join(folder, 'a.json')]
    const first = await start(t, port, args)
    await fetch(`http://127.0.0.1:${port}/v1/agent/service/register`, { method: 'PUT', body: '{"Name":"api"}' })
    first.kill('SIGTERM')
    await once(first, 'exit')
    await writeFile(join(folder, 'a.json'), '{}')
    await start(t, port, args)
    assert.deepEqual(Object.keys(await get(port, '/v1/agent/services')), ['api'])
    assert.deepEqual(Object.keys(await get(port, '/v1/agent/checks')), [])
  })

  it('listens with TLS besides where the files have a certificate, and may demand one of its clients', async t => {
    const folder = await temporaryFolder(t)
    const [port, https] = [await freePort(), await freePort()]
    const files = { cert_file: certificate('localhost.pem'), key_file: certificate('localhost.key') }
    const ask = async (more: object): Promise<number | undefined> => {
      const ca = await readFile(certificate('ca.pem'))
      const request = httpsGet({ host: 'localhost', port: https, path: '/v1/status/leader', ca, agent: false, ...more })
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode
    }
    const config = { ports: { https }, ca_file: certificate('ca.pem'), ...files }
    await writeFile(join(folder, 'a.json'), JSON.stringify(config))
    const first = await start(t, port, ['-dev', '-config-dir', folder])
    assert.equal(await ask({}), 200)
    first.kill('SIGTERM')
    await once(first, 'exit')
    await writeFile(join(folder, 'a.json'), JSON.stringify({ ...config, verify_incoming: true }))
    await start(t, port, ['-dev', '-config-dir', folder])
    await assert.rejects(ask({}))
    const own = { cert: await readFile(files.cert_file), key: await readFile(files.key_file) }
    assert.equal(await ask(own), 200)
  })

  it('ends with 0 when it is told to leave, and answers before', async t => {
    const port = await freePort()
    const child = await start(t, port, ['-dev'])
    const ended = once(child, 'exit')
    assert.equal((await fetch(`http://127.0.0.1:${port}/v1/agent/leave`, { method: 'PUT' })).status, 200)
    assert.deepEqual(await ended, [0, null])
  })

  it('writes its number to a file while it runs, and tells of its node what the files say', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    await writeFile(join(folder, 'a.json'), '{"node_meta":{"rack":"r1"},"node_name":"n7"}')
    const pidPath = join(folder, 'node7', 'pid')
    const child = await start(t, port, ['-dev', '-config-file', join(folder, 'a.json'), '-pid-file', pidPath])
    assert.equal(await readFile(pidPath, 'utf8'), `${child.pid}\n`)
    const nodes = (await get(port, '/v1/catalog/nodes?node-meta=rack:r1')) as unknown as { Meta: object }[]
    assert.deepEqual(nodes[0]?.Meta, { 'consul-network-segment': '', rack: 'r1' })
    const { Meta, DebugConfig } = (await get(port, '/v1/agent/self')) as unknown as Record<
      string,
      Record<string, unknown>
    >
    assert.deepEqual(Meta, { 'consul-network-segment': '', rack: 'r1' })
    assert.deepEqual(DebugConfig?.['ClientAddrs'], ['127.0.0.1'])
    child.kill('SIGTERM')
    await once(child, 'exit')
    await assert.rejects(readFile(pidPath), { code: 'ENOENT' })
  })

  it('listens on a socket of the file system where the files say so', async t => {
    const folder = await temporaryFolder(t)
    const socketPath = join(folder, 'consul.sock')
    await writeFile(join(folder, 'a.json'), JSON.stringify({ addresses: { http: `unix://${socketPath}` } }))
    const child = spawn(program, ['agent', '-dev', '-dns-port=-1', '-config-dir', folder], { stdio: 'ignore' })
    t.after(() => child.kill('SIGKILL'))
    const answer = async () => {
      const request = httpGet({ socketPath, path: '/v1/status/leader' })
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      return text(response)
    }
    await until(async () => (await answer().catch(() => '')).includes('127.0.0.1:8300'), 'the agent answers')
  })

  it('listens on each address that it is given', async t => {
    const port = await freePort()
    await start(t, port, ['-client', '127.0.0.1 127.0.0.2', '-data-dir', await temporaryFolder(t)])
    for (const host of ['127.0.0.1', '127.0.0.2'])
      assert.equal((await fetch(`http://${host}:${port}/v1/status/leader`)).status, 200)
  })

  it('comes back from a crash with what it had acknowledged', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    const first = await start(t, port, ['-data-dir', folder])
    const put = (path: string, body: string) => fetch(`http://127.0.0.1:${port}${path}`, { method: 'PUT', body })
    await put('/v1/kv/a', 'kept')
    await put('/v1/agent/service/register', '{"Name":"web","Port":80}')
    first.kill('SIGKILL')
    await once(first, 'exit')
    await start(t, port, ['-data-dir', folder])
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/v1/kv/a?raw`)).text(), 'kept')
    assert.deepEqual(Object.keys(await get(port, '/v1/catalog/services')), ['consul', 'web'])
  })

  it('lets in by the tokens of its files, and by those that were made, also after a crash', async t => {
    const folder = await temporaryFolder(t)
    const port = await freePort()
    const config =
      'acl { enabled = true default_policy = "deny" tokens { master = "11111111-1111-1111-1111-111111111111" } }'
    await writeFile(join(folder, 'acl.hcl'), config)
    const args = ['-data-dir', join(folder, 'data'), '-config-file', join(folder, 'acl.hcl')]
    const ask = async (token: string, path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { 'x-consul-token': token } })
    const first = await start(t, port, args)
    assert.equal((await fetch(`http://127.0.0.1:${port}/v1/kv/a`)).status, 403)
    const put = async (path: string, body: object) =>
      (await ask('11111111-1111-1111-1111-111111111111', path, { method: 'PUT', body: JSON.stringify(body) })).json()
    await put('/v1/acl/policy', { Name: 'kv', Rules: 'key_prefix "" { policy = "write" }' })
    const { SecretID } = (await put('/v1/acl/token', { Policies: [{ Name: 'kv' }] })) as { SecretID: string }
    first.kill('SIGKILL')
    await once(first, 'exit')
    await start(t, port, args)
    assert.equal((await ask(SecretID, '/v1/kv/a')).status, 404)
    assert.equal((await ask('other', '/v1/kv/a')).status, 403)
  })

  it('ends with 1, and says why, for options that it does not know', async () => {
    const failed = await promisify(execFile)(program, ['agent', '-nope']).catch((error: unknown) => error)
    const { code, stderr } = failed as { code: number; stderr: string }
    assert.deepEqual([code, stderr], [1, '==> flag provided but not defined: -nope\n'])
  })

  it('prints the lines for which scripts wait when it can be used', async t => {
    const port = await freePort()
    const client = '-client=127.0.0.1 127.0.0.2'
    const args = ['agent', '-dev', '-node=n9', `-http-port=${port}`, '-dns-port=-1', client]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    t.after(() => child.kill('SIGKILL'))
    let printed = ''
    child.stdout.on('data', chunk => (printed += String(chunk)))
    await until(() => printed.includes('Synced node info'), 'the agent says that it is ready')
    const lines = [
      'Consul agent running!',
      'cluster leadership acquired',
      'New leader elected: payload=n9',
      'Synced node info',
    ]
    assert.match(printed, new RegExp(lines.join('\n.* ')))
    assert.match(printed, /Client Addr: \[127\.0\.0\.1 127\.0\.0\.2\]/)
    assert.equal((await fetch(`http://127.0.0.1:${port}/v1/status/leader`)).status, 200)
  })

  it('tells the version of the API', async () => {
    const { stdout } = await promisify(execFile)(program, ['version'])
    assert.match(stdout, /^Consul v1\.8\.7\n/)
    const { stdout: json } = await promisify(execFile)(program, ['version', '-format=json'])
    const told = { Version: '1.8.7', Revision: '', Prerelease: '', RPC: { Default: 2, Min: 2, Max: 3 } }
    assert.deepEqual(JSON.parse(json), told)
  })
})
