import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { type Access, openAccess } from '../../../src/daemon/access/access.ts'
import { requireGranted } from '../../../src/daemon/access/audit.ts'

const identity = {
  name: 'token "a"',
  may: (right: string) => right !== 'services:administer',
  mayAll: () => false,
  mayAny: () => true,
  takeWrite: () => true,
  key: 'web',
}
const access: Access = { ...openAccess, isControlled: true }
const deed = { identity, name: 'users', action: 'register', from: '10.0.0.1:5' }

describe('requireGranted', () => {
  it('tells what is written and what is refused, by whom and from where', t => {
    const events: string[] = []
    t.after(observe('daemon', ({ level, event, message }) => void events.push(`${level} ${event}: ${message}`)))
    requireGranted(access, { ...deed, right: 'services:read' })
    requireGranted(access, { ...deed, right: 'services:register', isRoutine: true })
    requireGranted(access, { ...deed, right: 'services:register' })
    assert.throws(() => requireGranted(access, { ...deed, right: 'services:administer', isRoutine: true }), {
      code: 'ERR_FORBIDDEN',
      status: 403,
      message: /^token "a" lacks the right services:administer on "users"/,
    })
    assert.deepEqual(events, [
      'info access.granted: token "a" from 10.0.0.1:5: register is granted (services:register on "users")',
      'warn access.refused: token "a" from 10.0.0.1:5: register is refused (services:administer on "users")',
    ])
  })

  it('tells of a write too many as of what is refused', t => {
    const events: string[] = []
    t.after(observe('daemon', ({ event }) => void events.push(event)))
    const hurried = { ...deed, identity: { ...identity, takeWrite: () => false } }
    assert.throws(() => requireGranted(access, { ...hurried, right: 'services:register' }), { code: 'ERR_WRITE_RATE' })
    requireGranted(access, { ...hurried, right: 'services:register', isRoutine: true })
    assert.deepEqual(events, ['access.refused'])
  })

  it('allows everything, and tells nothing, where there are no rules', t => {
    const events: string[] = []
    t.after(observe('daemon', ({ event }) => void events.push(event)))
    requireGranted(openAccess, { ...deed, right: 'services:administer' })
    assert.deepEqual(events, [])
  })
})
