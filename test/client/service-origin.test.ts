import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceNameOf } from '../../src/client/service-origin.ts'

describe('serviceNameOf', () => {
  it('is the host of a URL that has neither dots nor a port', () => {
    assert.equal(serviceNameOf('http://users'), 'users')
    assert.equal(serviceNameOf('https://users/path'), 'users')
    assert.equal(serviceNameOf(new URL('http://users:80')), 'users')
    assert.equal(serviceNameOf('http://user_accounts-2'), 'user_accounts-2')
  })

  it('undoes what a URL does to names of other scripts', () => {
    assert.equal(serviceNameOf('http://bücher'), 'bücher')
    assert.equal(serviceNameOf('http://%E7%94%A8%E6%88%B7'), '用户')
  })

  it('is undefined for what is called as it stands', () => {
    const origins = [
      'http://localhost',
      'http://127.0.0.1',
      'http://42',
      'http://[::1]',
      'http://example.com',
      'http://users:8080',
      'https://users:80',
      'ws://users',
    ]
    for (const origin of origins) assert.equal(serviceNameOf(origin), undefined, origin)
  })
})
