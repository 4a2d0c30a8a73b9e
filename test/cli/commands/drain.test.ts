import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'
import { first } from '../../../src/cli/registry-access.ts'

describe('ropewalk drain', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => (url = await startRegistry(shared)))

  it('marks the instance draining and reports who acknowledged', async t => {
    const registry = connectTo(t, url)
    await registry.register(instanceOf('users', 'u1'))
    const { status, stdout } = await ropewalk('drain', 'u1', '--registry', url)
    const { acknowledged, watchers, missing } = JSON.parse(stdout)
    assert.deepEqual([status, acknowledged, watchers, missing], [0, true, 0, []])
    assert.equal((await first(registry.watch('users'))).instances[0]?.status, 'draining')
  })

  it('tells people how many had to know', async t => {
    await connectTo(t, url).register(instanceOf('billing', 'b1'))
    const { stdout } = await ropewalk('drain', 'b1', '--registry', url, '--table')
    assert.match(stdout, /^b1 drains: nobody watches its service \(\d+ ms\)\n/)
  })

  it('ends with 1, naming who has not acknowledged, when time is up', async t => {
    const [registry, watcher] = [connectTo(t, url), connectTo(t, url)]
    await registry.register(instanceOf('orders', 'o1'))
    const sets = watcher.watch('orders')[Symbol.asyncIterator]()
    await sets.next()
    const { status, stdout } = await ropewalk('drain', 'o1', '--within', '50ms', '--registry', url, '--table')
    assert.equal(status, 1)
    assert.match(stdout, /^o1 drains, but after \d+ ms these had not acknowledged it: .+\n/)
  })

  it('ends with 68 when there is no such instance, with 64 when the id is not enough to tell which', async t => {
    const registry = connectTo(t, url)
    await registry.register(instanceOf('a', 'same'))
    await registry.register(instanceOf('b', 'same'))
    assert.equal((await ropewalk('drain', 'nobody', '--registry', url)).status, 68)
    assert.equal((await ropewalk('drain', 'same', '--registry', url)).status, 64)
    assert.equal((await ropewalk('drain', 'same', '--service', 'b', '--registry', url)).status, 0)
  })

  it('needs a registry daemon', async () => {
    const { status, stderr } = await ropewalk('drain', 'u1', '--registry', 'memory:')
    assert.equal(status, 64)
    assert.match(stderr, /memory: is no registry daemon/)
  })
})
