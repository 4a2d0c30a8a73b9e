import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryClosedError } from '../../src/discovery/errors.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { RegistryBench } from '../../src/testing/registry-bench.ts'

function benched() {
  const clock = new FakeClock()
  const store = new Store({ clock })
  let closed = false
  const bench = new RegistryBench({
    registry: new MemoryRegistry({ store }),
    peer: async () => new MemoryRegistry({ store }),
    advance: ms => clock.advance(ms),
    close: async () => void (closed = true),
  })
  return { bench, clock, isClosed: () => closed }
}

describe('RegistryBench', () => {
  it('has a service name of its own', () => {
    assert.notEqual(benched().bench.serviceName, benched().bench.serviceName)
  })

  it('lets time pass until a condition is true', async () => {
    const { bench, clock } = benched()
    await bench.until(() => clock.now() >= 500, 'it is 500')
    assert.equal(clock.now(), 500)
  })

  it('says what it waited for in vain', async () => {
    const { bench } = benched()
    await assert.rejects(
      bench.until(() => false, 'pigs fly'),
      /in vain until pigs fly/,
    )
  })

  it('waits for results, and passes failures on', async () => {
    const { bench } = benched()
    assert.equal(await bench.result(Promise.resolve(7), 'it is 7'), 7)
    await assert.rejects(bench.result(Promise.reject(new Error('no')), 'it is refused'), new Error('no'))
  })

  it('has the oracle judge what is recorded', async () => {
    const { bench } = benched()
    await bench.follow(bench.recorded)
    const lease = await bench.recorded.register(bench.instance('a'))
    await lease.update({ weight: 2 })
    await bench.verify()
    bench.oracle.writing(bench.serviceName, 'b', { instance: bench.instance('b'), holder: 'nobody' }).done()
    await assert.rejects(bench.verify(), /without the last change of instance "b"/)
  })

  it('closes all that it opened', async () => {
    const { bench, isClosed } = benched()
    const peer = await bench.peer()
    await bench.follow()
    await bench.close()
    assert.equal(isClosed(), true)
    await assert.rejects(peer.register(bench.instance('a')), RegistryClosedError)
  })
})
