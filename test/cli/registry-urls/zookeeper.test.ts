import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import { parseRegistryUrl } from '../../../src/cli/registry-url.ts'
import { messageOf } from './message-of.ts'

const refusal = (url: string) => messageOf(() => parseRegistryUrl(url))

describe('The URL of a ZooKeeper', () => {
  it('opens a ZookeeperRegistry', async () => {
    const url = 'zookeeper://ada:secret@h1,h2:1,[::1]/a/b?acl=world&services=/discovery&session=20s&quiet=2s&tls'
    const { kind, load } = parseRegistryUrl(url)
    const registry = (await load())({ clientName: 'test' })
    assert.deepEqual([kind, registry instanceof ZookeeperRegistry], ['zookeeper', true])
    await registry.close()
  })

  it('takes no parameters that it does not know, and no values that they cannot have', () => {
    assert.match(refusal('zookeeper://h?tsl'), /the parameter "tsl" is not known/)
    assert.match(refusal('zookeeper://h?acl=all'), /"acl" must be creator or world/)
    assert.match(refusal('zookeeper://h?services=discovery'), /"services" must be a path such as \/services/)
    assert.match(refusal('zookeeper://ada:secret@'), /^((?!secret).)*names no host((?!secret).)*$/)
  })
})
