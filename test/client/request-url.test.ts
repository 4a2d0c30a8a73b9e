import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { requestTarget } from '../../src/client/request-url.ts'

function byTheRules(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search }
}

describe('requestTarget', () => {
  it('takes a plain URL apart', () => {
    assert.deepEqual(requestTarget('http://users/a/b?c=d&e=%20'), { origin: 'http://users', path: '/a/b?c=d&e=%20' })
    assert.deepEqual(requestTarget(new URL('http://users/a?b')), { origin: 'http://users', path: '/a?b' })
  })

  it('normalises what is not plain as the rules for URLs say', () => {
    const urls = [
      'HTTP://Users/',
      'http://users',
      'http://users?a',
      'http://users/a/../b',
      'http://users/./b',
      'http://users/.well-known/x',
      'http://users/%2e%2e/x',
      'http://users/a#fragment',
      'http://users/a b',
      'http://users/ü',
      'http://users:80/a',
      'http://users:81/a',
      'http://me:secret@users/a',
      'http://xn--bcher-kva/',
      'http://a--b/',
      'http://42/',
      'http://users/a\\b',
      "http://users/'?'",
    ]
    for (const url of urls) assert.deepEqual(requestTarget(url), byTheRules(url), url)
  })

  it('agrees with the rules for URLs on whatever they can parse', () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      '9',
      '.',
      '..',
      '/',
      '?',
      '#',
      '%',
      '%2E',
      '%20',
      ' ',
      '-',
      '_',
      "'",
      'é',
      '\\',
      ':',
      '@',
      '~',
    )
    const tail = fc.array(piece, { maxLength: 12 }).map(pieces => `/${pieces.join('')}`)
    const host = fc.constantFrom('users', '7', 'a-b', '0x1', 'xn--a', 'a')
    fc.assert(
      fc.property(host, tail, (name, path) => {
        const url = `http://${name}${path}`
        if (URL.canParse(url)) assert.deepEqual(requestTarget(url), byTheRules(url))
      }),
      { numRuns: 2_000 },
    )
  })

  it('throws what is no URL back', () => {
    assert.throws(() => requestTarget('users/42'), { code: 'ERR_INVALID_URL' })
  })
})
