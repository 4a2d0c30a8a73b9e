import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { administer } from '../../src/cli/daemon-access.ts'
import { NotADaemonError } from '../../src/cli/errors.ts'

describe('administer', () => {
  it('gives the administration of a registry daemon, without connecting', async () => {
    const admin = await administer({ registry: 'ropewalk://127.0.0.1:1', timeout: 100 })
    await assert.rejects(admin.status(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('refuses a registry of another kind', async () => {
    await assert.rejects(administer({ registry: 'memory:', timeout: 100 }), NotADaemonError)
  })
})
