import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ConsulRegistry } from '../../../src/adapters/consul/index.ts'
import { InvalidRegistryUrlError } from '../../../src/cli/errors.ts'
import { parseRegistryUrl } from '../../../src/cli/registry-url.ts'
import { messageOf } from './message-of.ts'

const refusal = (url: string) => messageOf(() => parseRegistryUrl(url))

describe('The URL of a Consul', () => {
  it('opens a ConsulRegistry', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-consul-url-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'token'), 'secret\n')
    for (const query of ['token=secret&dc=dc2&ns=team&quiet=2s', `token-file=${join(folder, 'token')}`, '']) {
      const { kind, load } = parseRegistryUrl(`consul://h1,h2:1,[::1]/a/b?${query}`)
      const registry = (await load())({ clientName: 'test' })
      assert.deepEqual([kind, registry instanceof ConsulRegistry], ['consul', true])
      await registry.close()
    }
  })

  it('says which file cannot be read, and no secret', async () => {
    for (const name of ['ca', 'token-file']) {
      await assert.rejects(parseRegistryUrl(`consul://h1?token=secret&${name}=/nowhere`).load(), (error: Error) => {
        assert.ok(error instanceof InvalidRegistryUrlError)
        assert.ok(error.message.includes(`the file of the parameter "${name}" cannot be read: ENOENT`))
        return !error.message.includes('secret')
      })
    }
  })

  it('takes no user, and no parameters that it does not know', () => {
    assert.match(refusal('consul://ada:secret@h'), /no user or password.*"\?token="/)
    assert.match(refusal('consul://h?tokn=secret'), /the parameter "tokn" is not known/)
    assert.doesNotMatch(refusal('consul://ada:secret@h?tokn=secret'), /secret/)
  })
})
