import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { defaultDataPath } from '../../src/cli/run-registry.ts'

describe('defaultDataPath', () => {
  it('is one folder for each port, below the state of the user', () => {
    assert.equal(defaultDataPath('tcp:8500', { XDG_STATE_HOME: '/state' }), '/state/ropewalk/registry-8500')
    assert.equal(defaultDataPath('unix:/run/x', {}), join(homedir(), '.local/state/ropewalk/registry-unix'))
  })

  it('is none for a port chosen by the system', () => {
    assert.equal(defaultDataPath('tcp:0', {}), undefined)
  })
})
