import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { announce } from '../../../src/discovery/store/announce.ts'

describe('announce', () => {
  it('publishes what happened, to whom, and who held it', t => {
    const seen: RopewalkEvent[] = []
    t.after(observe('registry', event => seen.push(event)))
    announce('users', { revision: 7, id: 'a', kind: 'joined', at: 0, holder: 'x' })
    announce('users', { revision: 8, id: 'a', kind: 'suspect', at: 0, holder: 'x' })
    const facts = { serviceName: 'users', id: 'a', holder: 'x' }
    assert.deepEqual(seen, [
      { level: 'debug', event: 'instance.joined', message: 'Instance a of users: joined', revision: 7, ...facts },
      { level: 'warn', event: 'instance.suspect', message: 'Instance a of users: suspect', revision: 8, ...facts },
    ])
  })
})
