import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryClosedError } from '../../src/discovery/errors.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { RegistryService } from '../../src/discovery/registry-service.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { registrySuite } from '../../src/testing/registry-suite.ts'
import { instance } from './scripted-registry.ts'

function made() {
  const opened: MemoryRegistry[] = []
  const service = new RegistryService({
    open: async () => {
      opened.push(new MemoryRegistry({ clock: new FakeClock() }))
      return opened.at(-1)!
    },
  })
  return { opened, service }
}

describe('RegistryService', () => {
  it('opens when it starts, once, and closes when it stops', async () => {
    const { opened, service } = made()
    await service.start()
    await service.register(instance('a'))
    assert.equal(opened.length, 1)
    await service.stop()
    await assert.rejects(opened[0]!.register(instance('b')), RegistryClosedError)
  })

  it('opens when it is first used, if that is before it starts', async () => {
    const { opened, service } = made()
    await Promise.all([service.register(instance('a')), service.register(instance('b'))])
    await service.start()
    assert.equal(opened.length, 1)
    await service.close()
    await assert.rejects(opened[0]!.register(instance('c')), RegistryClosedError)
  })

  it('closes what was opened by use alone', async () => {
    const { opened, service } = made()
    await service.register(instance('a'))
    await service.stop()
    await assert.rejects(opened[0]!.register(instance('b')), RegistryClosedError)
  })

  it('refuses between a stop and the next start, and then opens anew', async () => {
    const { opened, service } = made()
    await service.start()
    await service.stop()
    await assert.rejects(service.register(instance('a')), RegistryClosedError)
    await assert.rejects(service.watch('users').next(), RegistryClosedError)
    await assert.rejects(service.services().next(), RegistryClosedError)
    await service.start()
    await service.register(instance('a'))
    assert.equal(opened.length, 2)
    await service.stop()
  })

  it('does not start when it cannot be opened, and tries again at the next use', async () => {
    let attempts = 0
    const service = new RegistryService({
      open: async () => {
        attempts++
        if (attempts === 1) throw new Error('bad URL')
        return new MemoryRegistry({ clock: new FakeClock() })
      },
    })
    await assert.rejects(service.register(instance('a')), new Error('bad URL'))
    await service.start()
    await service.stop()
    assert.equal(attempts, 2)
  })
})

registrySuite('RegistryService', {
  open: async () => {
    const clock = new FakeClock()
    const store = new Store({ clock })
    return {
      registry: new RegistryService({ clock, open: async () => new MemoryRegistry({ store }) }),
      peer: async () => new MemoryRegistry({ store }),
      clock,
      advance: ms => clock.advance(ms),
      close: async () => store.close(),
    }
  },
})
