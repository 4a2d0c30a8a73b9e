import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRegistryUrlError } from '../../src/cli/errors.ts'
import { parseRegistryUrl, withoutSecrets } from '../../src/cli/registry-url.ts'

const messageOf = (url: string) => {
  try {
    parseRegistryUrl(url)
  } catch (error) {
    assert.ok(error instanceof InvalidRegistryUrlError)
    return error.message
  }
  throw assert.fail(`${url} was accepted`)
}

describe('parseRegistryUrl', () => {
  it('knows memory and registry daemons, by name, IPv4 and IPv6, at port 8500 unless said otherwise', () => {
    assert.deepEqual(parseRegistryUrl('memory:'), { kind: 'memory' })
    assert.deepEqual(parseRegistryUrl('ropewalk://registry.local'), {
      kind: 'daemon',
      host: 'registry.local',
      port: 8500,
    })
    assert.deepEqual(parseRegistryUrl('ropewalk://127.0.0.1:9/'), { kind: 'daemon', host: '127.0.0.1', port: 9 })
    assert.deepEqual(parseRegistryUrl('ropewalk://[::1]:9'), { kind: 'daemon', host: '::1', port: 9 })
  })

  it('refuses other schemes, with what is accepted and what may have been meant', () => {
    assert.match(
      messageOf('consul://127.0.0.1:8500'),
      /consul: is not known.*accepted: memory: or ropewalk:\/\/host:port/,
    )
    assert.match(messageOf('ropewlak://127.0.0.1'), /Did you mean "ropewalk:"\?/)
  })

  it('refuses what is not a URL, names no host, or has more than host and port', () => {
    assert.match(messageOf('127.0.0.1:8500'), /is not a URL|is not known/)
    assert.match(messageOf('ropewalk://'), /names no host/)
    assert.match(messageOf('ropewalk://host:8500/path'), /nothing may follow the port/)
    assert.match(messageOf('ropewalk://host:99999'), /is not a URL/)
  })

  it('never shows a password', () => {
    for (const url of ['ropewalk://ada:s3cret@host', 'etcd://ada:s3cret@host', 'x://h?token=s3cret', '//ada:s3cret@h'])
      assert.doesNotMatch(messageOf(url), /s3cret/)
  })
})

describe('withoutSecrets', () => {
  it('replaces user, password, query and fragment, and nothing else', () => {
    assert.equal(withoutSecrets('etcd://ada:s3cret@h:1/p?token=x#y'), 'etcd://***@h:1/p?***')
    assert.equal(withoutSecrets('ropewalk://h:1'), 'ropewalk://h:1')
  })
})
