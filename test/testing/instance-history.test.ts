import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance, InstanceInit } from '../../src/discovery/instance.ts'
import { InstanceHistory } from '../../src/testing/instance-history.ts'

function instance(init: Partial<InstanceInit> = {}): Instance {
  return createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://10.0.0.1:80'], startedAt: 0, ...init })
}

const [light, heavy, draining] = [instance(), instance({ weight: 2 }), instance({ status: 'draining' })]

function historyOf(...written: (Instance | undefined)[]): InstanceHistory {
  const history = new InstanceHistory()
  for (const one of written) history.write({ instance: one, holder: 'holder' })
  return history
}

describe('InstanceHistory', () => {
  it('begins with nothing', () => {
    const history = new InstanceHistory()
    assert.deepEqual([history.find(undefined, 0), history.find(light, 0), history.end], [0, -1, 'absent'])
    assert.ok(history.endsAs(undefined))
  })

  it('finds what was written, the first time from a version on', () => {
    const history = historyOf(light, heavy, light, undefined)
    assert.deepEqual([history.find(light, 0), history.find(light, 2), history.find(light, 4)], [1, 3, -1])
    assert.deepEqual([history.find(undefined, 1), history.endsAs(undefined), history.endsAs(light)], [4, true, false])
  })

  it('tells draining from ready, and takes any other status for either', () => {
    const history = historyOf(light, draining)
    assert.deepEqual([history.find(light, 0), history.find(draining, 0)], [1, 2])
    for (const status of ['late', 'suspect', 'unconfirmed'] as const) {
      assert.deepEqual([history.find(instance({ status }), 1), history.find(instance({ status }), 2)], [1, 2])
    }
  })

  it('does not mind the order of metadata', () => {
    const history = historyOf(instance({ metadata: { one: '1', two: '2' } }))
    assert.equal(history.find(instance({ metadata: { two: '2', one: '1' } }), 0), 1)
  })

  it('takes a write back that never happened, and leaves both ends open where that is unknown', () => {
    const history = historyOf(light)
    history.withdraw(history.write({ instance: heavy, holder: 'other' }))
    assert.equal(history.find(heavy, 0), -1)
    history.write({ instance: heavy, holder: 'holder' }).certain = false
    assert.deepEqual([history.endsAs(light), history.endsAs(heavy), history.endsAs(undefined)], [true, true, false])
  })

  it('puts a lapse after what its holder wrote, and before what others wrote since', () => {
    const history = historyOf(light)
    history.write({ instance: heavy, holder: 'next' })
    history.lapse('holder', 1)
    assert.deepEqual([history.find(undefined, 1), history.find(heavy, 0), history.endsAs(heavy)], [2, 3, true])
    history.lapse('nobody', 2)
    history.lapse('holder', 3)
    assert.equal(history.find(undefined, 3), -1)
  })

  it('knows what was done before a moment', () => {
    const history = new InstanceHistory()
    history.write({ instance: light, holder: 'holder' }).doneAt = 5
    history.write({ instance: heavy, holder: 'holder' }).doneAt = 9
    assert.deepEqual([history.doneBefore(5), history.doneBefore(6), history.doneBefore(10)], [0, 1, 2])
  })
})
