import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { InvalidRegistryUrlError } from '../../../src/cli/errors.ts'
import { parseRegistryUrl } from '../../../src/cli/registry-url.ts'
import { messageOf } from './message-of.ts'

const refusal = (url: string) => messageOf(() => parseRegistryUrl(url))

describe('The URL of an etcd', () => {
  it('opens an EtcdRegistry', async () => {
    const { kind, load } = parseRegistryUrl('etcd://ada:secret@h1,h2:1,[::1]/a/b?notes=false&quiet=2s')
    const registry = (await load())({ clientName: 'test' })
    assert.deepEqual([kind, registry instanceof EtcdRegistry], ['etcd', true])
    await registry.close()
  })

  it('says which file of TLS cannot be read, and no secret', async () => {
    const url = 'etcd://ada:secret@h1/?ca=/nowhere/ca.pem'
    await assert.rejects(parseRegistryUrl(url).load(), (error: Error) => {
      assert.ok(error instanceof InvalidRegistryUrlError)
      assert.match(error.message, /the file of the parameter "ca" cannot be read: ENOENT/)
      return !error.message.includes('secret')
    })
  })

  it('takes no parameters that it does not know', () => {
    assert.match(refusal('etcd://h?tsl'), /the parameter "tsl" is not known/)
    assert.match(refusal('etcd://h?tls=maybe'), /"tls" must be true or false/)
  })
})
