import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { requestTarget } from '../../src/client/request-target.ts'

function byUrl(url: string): unknown {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search }
}

/** Text in which what matters to a URL parser is frequent. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('/', '.', '..', '%2e', '%2E', '%', '?', '#', ':', '@', '\\', '\t', ' ', 'xn--', '0x7f', '[', "'"),
      fc.constantFrom('users', '42', 'A', '"', '<', '{', '|', '^', '`', 'ü', '-', '_', '&', '=', '+', '*', ';', ','),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

describe('requestTarget', () => {
  it('takes plain URLs apart', () => {
    assert.deepEqual(requestTarget('http://users/42?full=yes'), { origin: 'http://users', path: '/42?full=yes' })
    assert.deepEqual(requestTarget(new URL('http://users/42')), { origin: 'http://users', path: '/42' })
  })

  it('says of every URL what a URL parser says', () => {
    const url = fc.tuple(fc.constantFrom('http://', 'http://users/', 'http://users/a', 'https://', 'HTTP://', ''), text)
    fc.assert(
      fc.property(url, ([start, rest]) => {
        const whole = start + rest
        if (URL.canParse(whole)) assert.deepEqual(requestTarget(whole), byUrl(whole))
        else assert.throws(() => requestTarget(whole), TypeError)
      }),
      { numRuns: 3_000 },
    )
  })

  it('knows what a URL parser changes', () => {
    const changed = [
      'http://users',
      'http://users/?',
      'http://users/a/../b',
      'http://users/%2E%2e/b',
      'http://users/%2e',
      'http://users/a/.',
      'http://users/#fragment',
      'http://users/\n',
      'http://users:80/',
      'http://USERS/',
      'http://xn--bcher-kva/',
      'http://127.1/',
      "http://users/?a='b'",
    ]
    for (const url of changed) assert.deepEqual(requestTarget(url), byUrl(url), url)
  })
})
