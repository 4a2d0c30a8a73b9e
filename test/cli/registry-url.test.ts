import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRegistryUrl } from '../../src/cli/registry-url.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { messageOf } from './registry-urls/message-of.ts'

const refusal = (url: string) => messageOf(() => parseRegistryUrl(url))

describe('parseRegistryUrl', () => {
  it('knows memory and registry daemons, by name, IPv4 and IPv6, at port 8500 unless said otherwise', () => {
    assert.equal(parseRegistryUrl('memory:').kind, 'memory')
    const addresses = ['ropewalk://registry.local', 'ropewalk://127.0.0.1:9/', 'ROPEWALK://[::1]:9'].map(
      url => parseRegistryUrl(url).daemon,
    )
    assert.deepEqual(addresses, [
      { host: 'registry.local', port: 8500, token: undefined, tls: undefined },
      { host: '127.0.0.1', port: 9, token: undefined, tls: undefined },
      { host: '::1', port: 9, token: undefined, tls: undefined },
    ])
  })

  it('takes the password of a daemon for its token, and TLS from parameters', () => {
    const { daemon } = parseRegistryUrl('ropewalk://:t%2Fk@host?tls&server-name=registry.example')
    assert.deepEqual(daemon, { host: 'host', port: 8500, token: 't/k', tls: { serverName: 'registry.example' } })
    assert.match(refusal('ropewalk://ada:s3cret@host'), /takes no user/)
    assert.match(refusal('ropewalk://:s3%20cret@host'), /visible ASCII/)
    assert.match(refusal('ropewalk://host?ca=/none.pem'), /"ca" cannot be read: ENOENT/)
  })

  it('refuses other schemes, with what is accepted and what may have been meant', () => {
    assert.match(refusal('gopher://127.0.0.1:8500'), /gopher: is not known.*accepted: .*ropewalk:\/\/:token@host:port/)
    assert.match(refusal('ropewlak://127.0.0.1'), /Did you mean "ropewalk:"\?/)
  })

  it('refuses what is not a URL, names no host, or has more than host and port', () => {
    assert.match(refusal('127.0.0.1:8500'), /is not a URL/)
    assert.match(refusal('ropewalk://'), /names no host \(character 12\)/)
    assert.match(refusal('ropewalk://host:8500/path'), /nothing may follow the port \(character 21\)/)
    assert.match(refusal('ropewalk://host:99999'), /"99999" is no port from 1 to 65535 \(character 17\)/)
    assert.match(refusal('ropewalk://one,,two'), /a host is empty \(character 16\)/)
    assert.match(refusal('memory:x'), /nothing may follow the colon/)
  })

  it('never shows a password', () => {
    for (const url of [
      'ropewalk://ada:s3cret@host',
      'ropewalk://:s3cret%20@host',
      'gopher://ada:s3cret@host',
      'x://h?token=s3cret',
      '//ada:s3cret@h',
    ])
      assert.doesNotMatch(refusal(url), /s3cret/)
  })

  it('reads a list of endpoints, each of the service named last', async () => {
    const open = await parseRegistryUrl('static:users=127.0.0.1:80,[::1]:81,tls://h:1,or%20ders=h2:1,users=h3:1').load()
    const registry = open({ clientName: 'test' })
    const endpoints = async (name: string) => {
      const sets = registry.watch(name)[Symbol.asyncIterator]()
      return ((await sets.next()).value as InstanceSet).instances.map(each => each.endpoints[0])
    }
    assert.deepEqual(
      await endpoints('users'),
      ['tcp://127.0.0.1:80', 'tcp://[::1]:81', 'tls://h:1', 'tcp://h3:1'].toSorted(),
    )
    assert.deepEqual(await endpoints('or ders'), ['tcp://h2:1'])
    await registry.close()
    assert.match(refusal('static:127.0.0.1:80'), /without the name of a service \(character 8\)/)
    assert.match(refusal('static:users=h:1,h'), /"h" names no port \(character 18\)/)
  })

  it('reads a name server and the domain in it', async () => {
    const open = await parseRegistryUrl(
      'dns://127.0.0.1:1/service.test?port=80&services=a,b&ttl-min=1s&timeout=1s',
    ).load()
    await open({ clientName: 'test' }).close()
    assert.match(refusal('dns://127.0.0.1'), /names no domain/)
    assert.match(refusal('dns://127.0.0.1/x?prot=1'), /"prot" is not known. Did you mean "port"/)
    assert.match(refusal('dns://ada:s3cret@h/x'), /takes no user or password/)
  })

  it('reads the path of a file, as JSON or YAML by its name', async () => {
    for (const url of ['file:./missing.yaml', 'file:///missing.json', 'file:/missing']) {
      const open = await parseRegistryUrl(url).load()
      await open({ clientName: 'test' }).close()
    }
    assert.match(refusal('file:'), /names no file/)
    assert.match(refusal('file://host/x'), /names no file/)
  })
})
