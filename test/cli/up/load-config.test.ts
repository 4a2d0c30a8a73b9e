import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadConfig } from '../../../src/cli/up/load-config.ts'

describe('loadConfig', () => {
  let folder: string
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'ropewalk-config-'))))
  after(() => rm(folder, { recursive: true }))

  const load = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return loadConfig(path)
  }

  it('reads JSON, and modules that export the same', async () => {
    const config = { applications: { users: { run: 'users.ts' } } }
    const fromJson = await load('system.json', JSON.stringify(config))
    assert.deepEqual(await load('system.ts', `export default ${JSON.stringify(config)}`), fromJson)
    assert.equal(fromJson.applications[0]?.name, 'users')
  })

  it('tells a file that is not there from one that is not JSON, and from one that describes no system', async () => {
    await assert.rejects(loadConfig(join(folder, 'missing.json')), { code: 'ERR_CLI_UNUSABLE_FILE', exitStatus: 66 })
    await assert.rejects(load('wrong.json', '{'), { code: 'ERR_CLI_UNUSABLE_FILE', exitStatus: 65 })
    await assert.rejects(load('empty.json', '{}'), { code: 'ERR_CLI_INVALID_CONFIG' })
  })
})
