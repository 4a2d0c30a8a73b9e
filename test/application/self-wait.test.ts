import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { Probe } from './probe.ts'

const rejection = { code: 'ERR_SELF_WAIT', path: '/app/web', message: /^The start hook of \/app\/web asks for/ }

describe('a hook that waits for a change of the tree it is part of', () => {
  const changes: Record<string, (root: MultiService, web: Probe) => Promise<void>> = {
    'its own start': (_, web) => web.start(),
    "its parent's start": root => root.start(),
    "a sibling's start": root => root.find('db')?.start() ?? Promise.resolve(),
    'a child being added to its parent': root => root.add(new Probe('more')),
    'a sibling being removed': root => root.remove('db'),
    'a sibling being moved away': root => root.move('db', { to: new MultiService('elsewhere') }),
  }
  for (const [what, change] of Object.entries(changes)) {
    it(`is told so at once: ${what}`, async () => {
      const web = new Probe('web', [], { start: () => assert.rejects(change(root, web), rejection) })
      const root = new MultiService('app', [new Probe('db'), web])
      await root.start()
      assert.deepEqual([root.status, root.children.length], ['ready', 2])
      await root.stop()
    })
  }

  it('may change another tree', async () => {
    const other = new MultiService('other')
    const web = new Probe('web', [], {
      start: async () => {
        await other.start()
        await other.add(new Probe('more'))
      },
      stop: () => other.stop(),
    })
    await using root = new MultiService('app', [web])
    await root.start()
    assert.equal(other.find('more')?.status, 'ready')
  })

  it('may ask for a stop without waiting for it', async () => {
    const web = new Probe('web', [], { start: () => void root.stop() })
    const root = new MultiService('app', [web])
    await root.start()
    await root.stop()
    assert.equal(root.status, 'stopped')
  })

  it('may change its tree when it has ended, in what it began', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const later = async () => {
      await promise
      await root.add(new Probe('more'))
    }
    let added: Promise<void> | undefined
    const web = new Probe('web', [], { start: () => void (added = later()) })
    const root = new MultiService('app', [web])
    await root.start()
    resolve()
    await added
    assert.equal(root.find('more')?.status, 'ready')
    await root.stop()
  })
})
