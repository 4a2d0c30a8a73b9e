import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { nodeOf } from '../../src/application/node-of.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ForeignService, type Journal, Probe } from './probe.ts'

describe('nodeOf', () => {
  it('is always the same for one service, its own or a foreign one', () => {
    for (const service of [new Probe('web'), new ForeignService('foreign')]) {
      assert.equal(nodeOf(service), nodeOf(service))
      assert.equal(nodeOf(service).name, service.name)
    }
  })

  it('calls a foreign stop again, with no time left, at the deadline', async () => {
    const clock = new FakeClock()
    const journal: Journal = []
    const { promise, resolve } = Promise.withResolvers<void>()
    class Slow extends ForeignService {
      override async stop(options: { deadlineMs?: number } = {}): Promise<void> {
        await super.stop(options)
        if (options.deadlineMs === 0) resolve()
        await promise
      }
    }
    const root = new MultiService('app', [new Slow('slow', journal)], { clock, deadlineMs: 300 })
    await root.start()
    const stopped = root.stop()
    await clock.advance(300)
    await stopped
    assert.deepEqual(journal, ['start slow', 'stop slow within 300', 'stop slow within 0'])
  })

  it('has a foreign service that cannot start fail the start of the tree', async () => {
    class Broken extends ForeignService {
      override start(): Promise<void> {
        return Promise.reject(new Error('no'))
      }
    }
    const root = new MultiService('app', [new Broken('broken')])
    await assert.rejects(root.start(), { path: '/app/broken' })
  })
})
