import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Autopilot } from '../../../../src/daemon/consul/state/autopilot.ts'

function newAutopilot() {
  let index = 10
  const changes: string[] = []
  const autopilot = new Autopilot({ changed: (_table, key) => void changes.push(key) }, () => ++index)
  return { autopilot, changes }
}

describe('Autopilot', () => {
  it('has what Consul has until something is set, and does not write that down', () => {
    const { autopilot, changes } = newAutopilot()
    const { CleanupDeadServers, LastContactThreshold, CreateIndex, ModifyIndex } = autopilot.row
    assert.deepEqual([CleanupDeadServers, LastContactThreshold, CreateIndex, ModifyIndex], [true, 200e6, 1, 1])
    assert.deepEqual(changes, [])
  })

  it('is set as a whole, with another index each time, and keeps it', () => {
    const { autopilot, changes } = newAutopilot()
    autopilot.put({ MinQuorum: 3 })
    autopilot.put({ RedundancyZoneTag: 'z' })
    const { CleanupDeadServers, MinQuorum, RedundancyZoneTag, CreateIndex, ModifyIndex } = autopilot.row
    assert.deepEqual(
      [CleanupDeadServers, MinQuorum, RedundancyZoneTag, CreateIndex, ModifyIndex],
      [false, 0, 'z', 1, 12],
    )
    assert.deepEqual(changes, ['configuration', 'configuration'])
  })
})
