import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InstanceConflictError, LeaseLostError } from '../../src/discovery/errors.ts'
import { reportUpkeep } from '../../src/discovery/upkeep-report.ts'
import type { UpkeepEvent } from '../../src/discovery/upkeep.ts'
import { instance } from './scripted-registry.ts'
import { events } from './started-resolver.ts'

const subject = { serviceName: 'users', id: 'a', failing: false }

describe('reportUpkeep', () => {
  it('names every event, says whom it is about, and how much it matters', t => {
    const heard = events(t)
    const happened: UpkeepEvent[] = [
      { type: 'registered', instance: instance('a') },
      { type: 'updated', instance: instance('a') },
      { type: 'renewed', instance: instance('a') },
      { type: 'withdrawn', instance: instance('a') },
      { type: 'lost', error: new LeaseLostError('users', 'a') },
      { type: 'failed', error: new InstanceConflictError('users', 'a') },
      { type: 'failed', error: 'no error' },
    ]
    for (const event of happened) reportUpkeep(event, subject)
    assert.deepEqual(
      heard.map(({ level, event }) => `${level} ${event}`),
      [
        'info instance.registered',
        'info instance.updated',
        'debug instance.renewed',
        'info instance.withdrawn',
        'warn instance.lost',
        'warn instance.conflict',
        'warn instance.failed',
      ],
    )
    assert.ok(
      heard.every(
        ({ id, serviceName, message }) => id === 'a' && serviceName === 'users' && message.includes('"a" of "users"'),
      ),
    )
  })

  it('tells failures that follow others less loudly', t => {
    const heard = events(t)
    reportUpkeep({ type: 'failed', error: new Error('again') }, { ...subject, failing: true })
    assert.equal(heard[0]?.level, 'debug')
  })
})
