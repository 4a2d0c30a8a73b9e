import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceUnknownError } from '../../src/cli/errors.ts'
import { askRegistry, currentSet, first, withRegistry } from '../../src/cli/registry-access.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { describeError } from '../../src/cli/output.ts'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'

const users = createInstance({ serviceName: 'users', id: 'u1', endpoints: ['tcp://127.0.0.1:1'] })

describe('withRegistry', () => {
  it('closes the registry whether it went well or not, and leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT')
    await withRegistry({ registry: 'memory:' }, async registry => void (await registry.register(users)))
    const failure = new Error('failed')
    await assert.rejects(
      withRegistry({ registry: 'memory:' }, () => Promise.reject(failure)),
      failure,
    )
    const known = await withRegistry({ registry: 'memory:' }, async r => (await first(r.watch('users'))).known)
    assert.deepEqual([known, process.listenerCount('SIGINT')], [false, before])
  })
})

describe('askRegistry', () => {
  it('gives what was asked for', async () => {
    assert.equal(await askRegistry({ registry: 'memory:', timeout: 5_000 }, async () => 42), 42)
  })

  it('rejects when the answer does not come in time, with the last that was heard of the connection as cause', async () => {
    const options = { registry: 'ropewalk://127.0.0.1:1', timeout: 3_000 }
    await assert.rejects(
      askRegistry(options, (registry, signal) => first(registry.watch('users', { signal }))),
      (error: unknown) => {
        assert.ok(error instanceof RegistryUnavailableError)
        return /ECONNREFUSED/.test(String(error.cause))
      },
    )
  })
})

describe('askRegistry, of an engine', () => {
  it('says once that it cannot be reached, and then why', async () => {
    const options = { registry: 'consul://127.0.0.1:1', timeout: 2_000 }
    await assert.rejects(
      askRegistry(options, (registry, signal) => first(registry.watch('users', { signal }))),
      (error: unknown) => describeError(error).split('cannot be reached').length === 2,
    )
  })
})

describe('currentSet', () => {
  it('rejects for a service that was never known, with what may have been meant', async () => {
    await withRegistry({ registry: 'memory:' }, async registry => {
      await assert.rejects(currentSet(registry, 'users', {}), /It knows none yet\./)
      await registry.register(users)
      assert.equal((await currentSet(registry, 'users', {})).instances.length, 1)
      await assert.rejects(currentSet(registry, 'user', {}), (error: unknown) => {
        assert.ok(error instanceof ServiceUnknownError)
        return error.message.includes('Did you mean "users"?')
      })
      await assert.rejects(currentSet(registry, 'billing', {}), /See: ropewalk services/)
    })
  })
})
