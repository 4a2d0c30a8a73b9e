import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { printTree } from '../../src/application/print-tree.ts'
import { sleep } from '../../src/core/abort.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Probe } from './probe.ts'

describe('printTree', () => {
  it('shows, at any moment, each service with its status, its times, what it does and why it is not well', async () => {
    const clock = new FakeClock()
    const db = new Probe('db', [], { start: () => sleep(clock, 31) })
    const web = new Probe('web', [], { start: () => sleep(clock, 500) })
    const root = new MultiService('orders', [new MultiService('data', [db]), web], { clock })
    const started = root.start()
    await clock.advance(131)
    assert.equal(
      printTree(root),
      [
        'orders    starting  bind 0 ms',
        '├─ data   ready     bind 0 ms, start 31 ms',
        '│  └─ db  ready     bind 0 ms, start 31 ms',
        '└─ web    starting  bind 0 ms; in its start phase for 100 ms',
      ].join('\n'),
    )
    await clock.advance(400)
    await started
    db.degrade('slow disk')
    assert.match(printTree(root), /^│ {2}└─ db {2}degraded {2}bind 0 ms, start 31 ms, register 0 ms; slow disk$/m)
    await root.stop()
  })
})
