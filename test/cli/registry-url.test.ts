import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRegistryUrl } from '../../src/cli/registry-url.ts'
import { messageOf } from './registry-urls/message-of.ts'

const refusal = (url: string) => messageOf(() => parseRegistryUrl(url))

describe('parseRegistryUrl', () => {
  it('knows memory and registry daemons, by name, IPv4 and IPv6, at port 8500 unless said otherwise', () => {
    assert.equal(parseRegistryUrl('memory:').kind, 'memory')
    const addresses = ['ropewalk://registry.local', 'ropewalk://127.0.0.1:9/', 'ROPEWALK://[::1]:9'].map(
      url => parseRegistryUrl(url).daemon,
    )
    assert.deepEqual(addresses, [
      { host: 'registry.local', port: 8500 },
      { host: '127.0.0.1', port: 9 },
      { host: '::1', port: 9 },
    ])
  })

  it('refuses other schemes, with what is accepted and what may have been meant', () => {
    assert.match(
      refusal('gopher://127.0.0.1:8500'),
      /gopher: is not known.*accepted: memory: or ropewalk:\/\/host:port/,
    )
    assert.match(refusal('ropewlak://127.0.0.1'), /Did you mean "ropewalk:"\?/)
  })

  it('refuses what is not a URL, names no host, or has more than host and port', () => {
    assert.match(refusal('127.0.0.1:8500'), /is not a URL/)
    assert.match(refusal('ropewalk://'), /names no host \(character 12\)/)
    assert.match(refusal('ropewalk://host:8500/path'), /nothing may follow the port \(character 21\)/)
    assert.match(refusal('ropewalk://host:99999'), /"99999" is no port from 1 to 65535 \(character 17\)/)
    assert.match(refusal('ropewalk://one,two'), /one host only/)
    assert.match(refusal('memory:x'), /nothing may follow the colon/)
  })

  it('never shows a password', () => {
    for (const url of [
      'ropewalk://ada:s3cret@host',
      'gopher://ada:s3cret@host',
      'x://h?token=s3cret',
      '//ada:s3cret@h',
    ])
      assert.doesNotMatch(refusal(url), /s3cret/)
  })
})
