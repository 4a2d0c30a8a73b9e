import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SharedNames } from '../../../src/adapters/daemon/shared-names.ts'

function shared() {
  const posted: unknown[] = []
  const idle: true[] = []
  const names = new SharedNames({ post: message => posted.push(message), onIdle: () => idle.push(true) })
  return { names, posted, idle }
}

describe('SharedNames', () => {
  it('asks with every connection', () => {
    const { names, posted } = shared()
    names.open('e1')
    names.open('e1')
    assert.deepEqual(posted, [{ type: 'watch-names' }, { type: 'watch-names' }])
  })

  it('gives every reader the newest names at once, and nothing when the daemon repeats itself', async () => {
    const { names } = shared()
    names.replace({ type: 'names', revision: 3, names: ['orders', 'users'] })
    const reader = names.read({})
    assert.deepEqual((await reader.next()).value, { revision: 3, names: ['orders', 'users'] })
    const next = reader.next()
    names.replace({ type: 'names', revision: 3, names: ['orders', 'users'] })
    names.replace({ type: 'names', revision: 4, names: ['users'] })
    assert.deepEqual((await next).value, { revision: 4, names: ['users'] })
  })

  it('tells when the last reader has left', async () => {
    const { names, idle } = shared()
    names.replace({ type: 'names', revision: 1, names: [] })
    for await (const _ of names.read({})) break
    assert.equal(idle.length, 1)
  })

  it('ends its readers with the error it is closed with', async () => {
    const { names } = shared()
    const waiting = names.read({}).next()
    names.close(new Error('closed'))
    await assert.rejects(waiting, /closed/)
  })
})
