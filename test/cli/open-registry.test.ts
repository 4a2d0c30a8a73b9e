import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRegistryUrlError, PackageMissingError } from '../../src/cli/errors.ts'
import { loadAdapter, openRegistry } from '../../src/cli/open-registry.ts'
import { first } from '../../src/cli/registry-access.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'

describe('openRegistry', () => {
  it('gives one registry in memory per process, however often it is opened; closing one leaves the others', async () => {
    await using a = await openRegistry('memory:')
    const b = await openRegistry('memory:')
    await a.register(createInstance({ serviceName: 'users', id: 'u1', endpoints: ['tcp://127.0.0.1:1'] }))
    const ids = (await first(b.watch('users'))).instances.map(({ id }) => id)
    assert.deepEqual(ids, ['u1'])
    await b.stop()
    assert.deepEqual((await first(a.watch('users'))).instances.length, 1)
  })

  it('takes the URL from the environment when none is given', async t => {
    const before = process.env['ROPEWALK_REGISTRY']
    t.after(() => {
      if (before === undefined) delete process.env['ROPEWALK_REGISTRY']
      else process.env['ROPEWALK_REGISTRY'] = before
    })
    process.env['ROPEWALK_REGISTRY'] = 'gopher://ada:s3cret@host'
    await assert.rejects(openRegistry(), (error: unknown) => {
      assert.ok(error instanceof InvalidRegistryUrlError)
      return error.message.includes('gopher://***@host') && !error.message.includes('s3cret')
    })
  })

  it('does not wait for a registry daemon that is not there', async () => {
    await using registry = await openRegistry('ropewalk://127.0.0.1:1')
    await registry.start()
    assert.equal(registry.status, 'ready')
  })
})

describe('loadAdapter', () => {
  it('names the package that is not installed', async () => {
    const specifier = 'package-that-nobody-installs/sub'
    await assert.rejects(
      loadAdapter('The etcd registry', () => import(specifier)),
      (error: unknown) => {
        assert.ok(error instanceof PackageMissingError)
        return /etcd registry needs .*npm install package-that-nobody-installs/.test(error.message)
      },
    )
  })

  it('passes on any other failure as it is', async () => {
    const failure = new Error('broken')
    await assert.rejects(
      loadAdapter('x', () => Promise.reject(failure)),
      failure,
    )
  })
})
