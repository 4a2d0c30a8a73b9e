import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { first } from '../../src/cli/registry-access.ts'
import { SharedMemoryRegistry } from '../../src/cli/shared-memory-registry.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'

const users = createInstance({ serviceName: 'users', id: 'u1', endpoints: ['tcp://127.0.0.1:1'] })

describe('SharedMemoryRegistry', () => {
  it('shows in one what was registered in another', async () => {
    const [a, b] = [new SharedMemoryRegistry(), new SharedMemoryRegistry()]
    await a.register(users)
    assert.equal((await first(b.watch('users'))).instances[0]?.id, 'u1')
    await Promise.all([a.close(), b.close()])
  })

  it('forgets everything when the last is closed, however often one is', async () => {
    const [a, b] = [new SharedMemoryRegistry(), new SharedMemoryRegistry()]
    await a.close()
    await a.close()
    await b.register(users)
    const c = new SharedMemoryRegistry()
    assert.equal((await first(c.watch('users'))).known, true)
    await Promise.all([b.close(), c.close()])
    const d = new SharedMemoryRegistry()
    assert.equal((await first(d.watch('users'))).known, false)
    await d.close()
  })
})
