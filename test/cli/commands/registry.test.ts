import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { first } from '../../../src/cli/registry-access.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { poll } from '../poll.ts'
import { connectTo, instanceOf, ropewalk, start } from '../ropewalk.ts'

describe('ropewalk registry', () => {
  it('prints its URL when it is ready, and ends with 0 when told to', async t => {
    const registry = start(t, ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1'])
    await poll(() => registry.lines.length > 0)
    assert.match(registry.stdout, /^ropewalk:\/\/127\.0\.0\.1:\d+\n$/)
    assert.equal((await registry.stop()).status, 0)
  })

  it('comes back from a crash with what it knew, from a folder below the state of the user', async t => {
    const state = await mkdtemp(join(tmpdir(), 'ropewalk-state-'))
    t.after(() => rm(state, { recursive: true }))
    const args = ['registry', '--listen', `tcp:${await freePort()}:interface=127.0.0.1`, '--grace', '20s']
    const options = { environment: { XDG_STATE_HOME: state } }
    const crashed = start(t, args, options)
    await poll(() => crashed.lines.length > 0)
    const url = crashed.lines[0] ?? ''
    await connectTo(t, url).register(instanceOf('users', 'u1'))
    crashed.kill('SIGKILL')
    await crashed.ended()
    const back = start(t, args, options)
    await poll(() => back.lines.length > 0)
    const { known, instances } = await first(connectTo(t, url).watch('users'))
    assert.deepEqual([known, instances.map(({ id }) => id)], [true, ['u1']])
  })

  it('refuses to be open to everybody unless told so', async () => {
    const { status, stderr } = await ropewalk('registry', '--memory', '--listen', 'tcp:0')
    assert.notEqual(status, 0)
    assert.match(stderr, /ERR_INSECURE_INTERFACE/)
  })

  it('ends with 64 for an endpoint it cannot read, and with 69 when the port is taken', async t => {
    assert.equal((await ropewalk('registry', '--memory', '--listen', 'tcp:eight')).status, 64)
    const registry = start(t, ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1'])
    await poll(() => registry.lines.length > 0)
    const { port } = new URL(registry.lines[0] ?? '')
    const { status, stderr } = await ropewalk('registry', '--memory', '--listen', `tcp:${port}:interface=127.0.0.1`)
    assert.equal(status, 69)
    assert.match(stderr, /ERR_ADDRESS_IN_USE/)
  })

  it('is the front of another registry, in which it keeps what is registered at it', async t => {
    const listen = ['registry', '--listen', 'tcp:0:interface=127.0.0.1']
    const behind = start(t, [...listen, '--memory'])
    await poll(() => behind.lines.length > 0)
    const front = start(t, [...listen, '--backend', behind.lines[0] ?? ''])
    await poll(() => front.lines.length > 0)
    await connectTo(t, front.lines[0] ?? '').register(instanceOf('users', 'u1'))
    for (const { lines } of [behind, front]) {
      const sets = connectTo(t, lines[0] ?? '').watch('users')
      for await (const { instances } of sets) if (instances.some(({ id }) => id === 'u1')) break
    }
    assert.equal((await front.stop()).status, 0)
  })

  it('ends with 64 for a front that shall keep data, or of what is no registry, and shows no secrets', async () => {
    const url = 'etcd://root:secret@127.0.0.1:2379'
    for (const args of [
      ['--backend', url, '--memory'],
      ['--backend', url, '--acl', 'deny'],
      ['--backend', url, '--data', '/nowhere'],
      ['--backend', `${url}?nonsense`],
    ]) {
      const { status, stderr } = await ropewalk('registry', '--listen', 'tcp:0:interface=127.0.0.1', ...args)
      assert.equal(status, 64, stderr)
      assert.doesNotMatch(stderr, /secret/)
    }
  })

  it('answers DNS where it is told to, for the resolver of Node', async t => {
    const port = await freePort()
    const listen = ['--listen', 'tcp:0:interface=127.0.0.1', '--memory']
    const args = ['--dns', `tcp:${port}:interface=127.0.0.1`, '--dns-domain', 'example.test', '--dns-ttl', '7s']
    const registry = start(t, ['registry', ...listen, ...args])
    await poll(() => registry.lines.length > 0)
    await connectTo(t, registry.lines[0] ?? '').register(instanceOf('users', 'u1'))
    const resolver = new Resolver({ timeout: 5_000 })
    resolver.setServers([`127.0.0.1:${port}`])
    const [answer] = await resolver.resolve4('users.service.example.test', { ttl: true })
    assert.deepEqual(answer, { address: '127.0.0.1', ttl: 7 })
    await assert.rejects(resolver.resolve4('none.service.consul'), { code: 'EREFUSED' })
  })

  it('ends with 64 for settings of DNS that cannot be, and with 69 when its port is taken', async t => {
    const listen = ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1']
    assert.equal((await ropewalk(...listen, '--dns', 'unix:/run/dns')).status, 64)
    assert.equal((await ropewalk(...listen, '--dns-recursor', 'dns.example')).status, 64)
    const registry = start(t, listen)
    await poll(() => registry.lines.length > 0)
    const { port } = new URL(registry.lines[0] ?? '')
    const { status, stderr } = await ropewalk(...listen, '--dns', `tcp:${port}:interface=127.0.0.1`)
    assert.equal(status, 69)
    assert.match(stderr, /ERR_ADDRESS_IN_USE/)
  })

  it('keeps what would lapse from the share on that it is told, or never, and shows it in metrics', async t => {
    const listen = ['registry', '--memory', '--listen', 'tcp:0:interface=127.0.0.1']
    const preserving = start(t, [...listen, '--preserve', '30'])
    const never = start(t, [...listen, '--no-preserve'])
    await poll(() => preserving.lines.length > 0 && never.lines.length > 0)
    const at = (registry: typeof never, path: string) =>
      fetch(`${(registry.lines[0] ?? '').replace('ropewalk:', 'http:')}${path}`).then(answer => answer.text())
    assert.equal(JSON.parse(await at(preserving, '/api/v1/status')).preservation.share, 0.3)
    assert.equal('preservation' in JSON.parse(await at(never, '/api/v1/status')), false)
    assert.match(await at(preserving, '/v1/agent/metrics'), /ropewalk\.leases\.kept/)
    assert.doesNotMatch(await at(never, '/v1/agent/metrics'), /ropewalk\.leases/)
    for (const share of ['0', '100', 'x']) assert.equal((await ropewalk(...listen, '--preserve', share)).status, 64)
  })
})
