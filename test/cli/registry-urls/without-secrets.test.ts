import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withoutSecrets } from '../../../src/cli/registry-urls/without-secrets.ts'

describe('withoutSecrets', () => {
  it('replaces user, password, query and fragment, and nothing else', () => {
    assert.equal(withoutSecrets('etcd://ada:s3cret@h:1,g:2/p?token=x#y'), 'etcd://***@h:1,g:2/p?***')
    assert.equal(withoutSecrets('ropewalk://h:1'), 'ropewalk://h:1')
    assert.equal(withoutSecrets('file:./instances.yaml'), 'file:./instances.yaml')
    assert.equal(withoutSecrets('static:users=127.0.0.1:80'), 'static:users=127.0.0.1:80')
  })

  it('shows nothing of a password that was not written as it should be', () => {
    const passwords = ['s3/cret', 's3?cret', 's3#cret', 's3@cret', 's3:cret', '/s3cret', '?s3cret']
    for (const password of passwords) {
      for (const url of [
        `etcd://ada:${password}@h/p`,
        `etcd:ada:${password}@h`,
        `//ada:${password}@h`,
        `consul://h?token=${password}`,
      ])
        assert.doesNotMatch(withoutSecrets(url), /s3|cret/, url)
    }
  })
})
