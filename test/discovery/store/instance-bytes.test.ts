import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instanceBytes } from '../../../src/discovery/store/instance-bytes.ts'
import { toWireInstance } from '../../../src/protocol/wire-instance.ts'
import { users } from './instances.ts'

describe('instanceBytes', () => {
  it('comes near to what is sent', () => {
    const metadata = { region: 'ä'.repeat(10_000), owner: 'team' }
    for (const instance of [users('a'), users('b', { metadata, tags: ['blue'], zone: 'berlin', version: '1.2.3' })]) {
      const sent = Buffer.byteLength(JSON.stringify(toWireInstance(instance)))
      assert.ok(Math.abs(instanceBytes(instance) - sent) < 100, `${instanceBytes(instance)} for ${sent}`)
    }
  })

  it('does not depend on the status', () => {
    assert.equal(instanceBytes(users('a', { status: 'suspect' })), instanceBytes(users('a')))
  })
})
