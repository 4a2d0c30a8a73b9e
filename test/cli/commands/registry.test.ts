import assert from 'node:assert/strict'
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
})
