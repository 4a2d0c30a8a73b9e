import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { first } from '../../../src/cli/registry-access.ts'
import { poll } from '../poll.ts'
import { connectTo, ropewalk, Shared, start, startRegistry } from '../ropewalk.ts'

const program = [process.execPath, fileURLToPath(new URL('../fixtures/http-server.mjs', import.meta.url))]

describe('ropewalk register', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => (url = await startRegistry(shared)))

  const found = async (serviceName: string) => {
    const { stdout } = await ropewalk('instances', serviceName, '--registry', url)
    return stdout === '' ? [] : JSON.parse(stdout).instances
  }

  it('runs a program, registers it when its port answers, and takes it out before telling it to end', async t => {
    const options = ['--port', '0', '--tag', 'a', '--tag', 'b', '--meta', 'team=x', '--weight', '3', '--registry', url]
    const running = start(t, ['register', 'web', ...options, '--', ...program])
    await poll(async () => (await found('web')).length === 1)
    const [{ tags, metadata, weight, endpoints }] = await found('web')
    assert.deepEqual([tags, metadata, weight], [['a', 'b'], { team: 'x' }, 3])
    assert.equal(running.lines[0], `listening on ${new URL(endpoints[0]).port}`)
    assert.match((await ropewalk('call', 'web', '/', '--registry', url)).stdout, /^hello from \d+$/)
    const { status, stdout, stderr } = await running.stop()
    assert.deepEqual([status, stdout.endsWith('told to end\n')], [0, true])
    assert.ok(stderr.indexOf('instance.deregistered') > 0)
    assert.deepEqual(await found('web'), [])
  })

  it('ends with the status of the program when that ends by itself', async t => {
    const running = start(t, ['register', 'brief', '--port', '0', '--registry', url, '--', ...program])
    await poll(async () => (await found('brief')).length === 1)
    await ropewalk('call', 'brief', '/exit', '--registry', url)
    assert.equal((await running.ended()).status, 3)
    assert.deepEqual(await found('brief'), [])
  })

  it('registers a program that runs already, under an id of its own', async t => {
    const target = start(t, ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1'])
    await poll(() => target.lines.length > 0)
    const endpoint = `tcp://127.0.0.1:${new URL(target.lines[0] ?? '').port}`
    start(t, ['register', 'other', '--endpoint', endpoint, '--id', 'o1', '--registry', url])
    const registry = connectTo(t, url)
    await poll(async () => (await first(registry.watch('other'))).instances[0]?.id === 'o1')
    assert.deepEqual((await first(registry.watch('other'))).instances[0]?.endpoints, [endpoint])
  })

  it('ends with 64 when nobody says where it listens', async () => {
    const { status, stderr } = await ropewalk('register', 'web', '--registry', url)
    assert.deepEqual([status, /--port or --endpoint/.test(stderr)], [64, true])
  })
})
