import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import { EndpointSchemeError, EndpointSyntaxError } from '../../src/endpoint/errors.ts'
import { formatEndpoint, parseEndpoint, toEndpoint } from '../../src/endpoint/parse-endpoint.ts'

const readings: [text: string, endpoint: Endpoint, canonical?: string][] = [
  ['tcp:8080', { scheme: 'tcp', port: 8080 }],
  ['tcp:0:interface=127.0.0.1', { scheme: 'tcp', host: '127.0.0.1', port: 0 }, 'tcp://127.0.0.1:0'],
  ['tcp:example.com:80', { scheme: 'tcp', host: 'example.com', port: 80 }, 'tcp://example.com:80'],
  ['tcp:host=example.com:port=80', { scheme: 'tcp', host: 'example.com', port: 80 }, 'tcp://example.com:80'],
  ['tcp:80:backlog=5', { scheme: 'tcp', port: 80, backlog: 5 }],
  ['tcp://0.0.0.0:8080', { scheme: 'tcp', host: '0.0.0.0', port: 8080 }],
  ['tcp://0.0.0.0:8080/', { scheme: 'tcp', host: '0.0.0.0', port: 8080 }, 'tcp://0.0.0.0:8080'],
  ['tcp://[::1]:80', { scheme: 'tcp', host: '::1', port: 80 }],
  ['tcp:[::1]:80:backlog=9', { scheme: 'tcp', host: '::1', port: 80, backlog: 9 }],
  ['tcp:80:interface=[::1]', { scheme: 'tcp', host: '::1', port: 80 }, 'tcp://[::1]:80'],
  ['tcp:80:interface=\\:\\:1', { scheme: 'tcp', host: '::1', port: 80 }, 'tcp://[::1]:80'],
  ['tcp://[fe80::1%25eth0]:80', { scheme: 'tcp', host: 'fe80::1%eth0', port: 80 }],
  ['tls://host:443', { scheme: 'tls', host: 'host', port: 443 }],
  [
    'tls:8443:cert=/etc/a.pem:key=/etc/a\\:b.key',
    { scheme: 'tls', port: 8443, cert: '/etc/a.pem', key: '/etc/a:b.key' },
  ],
  ['tls:h:443:ca=/ca.pem:crl=/r.pem', { scheme: 'tls', host: 'h', port: 443, ca: '/ca.pem', crl: '/r.pem' }],
  [
    'tls:h:443:ca=/ca.pem:servername=x:verify=no',
    { scheme: 'tls', host: 'h', port: 443, ca: '/ca.pem', servername: 'x', verify: false },
  ],
  ['unix:/run/x.sock:mode=660', { scheme: 'unix', path: '/run/x.sock', mode: 0o660 }],
  ['unix:///run/x.sock', { scheme: 'unix', path: '/run/x.sock' }, 'unix:/run/x.sock'],
  ['unix:run/a\\=b', { scheme: 'unix', path: 'run/a=b' }],
]

const mistakes: [text: string, position: number, expected: RegExp][] = [
  ['', 0, /a scheme and a colon, such as tcp: or tls: or unix:/],
  ['8080', 0, /a scheme/],
  ['tcp:', 4, /a number from 0 to 65535/],
  ['tcp:80x', 4, /a number from 0 to 65535/],
  ['tcp:65536', 4, /a number from 0 to 65535/],
  ['tcp:host=h', 10, /a port/],
  ['tcp://h', 7, /a port/],
  ['tcp://h:80/x', 11, /nothing after host and port/],
  ['tcp://[::1:80', 13, /a closing \]/],
  ['tcp://[x]:80', 6, /a host name/],
  ['tcp:[::1', 8, /a closing \]/],
  ['tcp:80:interface=a b', 17, /a host name or IP address/],
  ['tcp:80:interfaec=x', 7, /interface=, host=, port= or backlog=/],
  ['tcp:80:backlog=1:backlog=2', 17, /each option only once/],
  ['tcp:80:=x', 7, /the name of an option before =/],
  ['tcp:80\\', 7, /a character after the backslash/],
  ['tls:443:verify=maybe', 15, /yes or no/],
  ['tls:443:cert=', 13, /a value/],
  ['tls:443:crl=/r.pem', 12, /a value, and ca= beside it/],
  ['unix:', 5, /a path/],
  ['unix:/x:mode=9', 13, /an octal mode such as 660/],
]

describe('parseEndpoint', () => {
  for (const [text, endpoint, canonical = text] of readings) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseEndpoint(text), endpoint)
      assert.equal(formatEndpoint(endpoint), canonical)
    })
  }

  for (const [text, position, expected] of mistakes) {
    it(`says where ${JSON.stringify(text)} goes wrong and what belongs there`, () => {
      assert.throws(
        () => parseEndpoint(text),
        (error: unknown) => {
          assert(error instanceof EndpointSyntaxError, String(error))
          assert.equal(error.position, position, error.message)
          assert.match(error.expected, expected)
          return true
        },
      )
    })
  }

  it('names the schemes there are when it meets another', () => {
    assert.throws(() => parseEndpoint('http://x'), { code: 'ERR_ENDPOINT_SCHEME_UNKNOWN', message: /tcp, tls, unix/ })
    assert.throws(() => formatEndpoint({ scheme: 'carrier-pigeon' } as never), EndpointSchemeError)
  })

  it('throws nothing but its own errors, whatever it is given', () => {
    fc.assert(
      fc.property(fc.tuple(fc.constantFrom('', 'tcp:', 'tls:', 'unix:', 'tcp://'), fc.string()), ([scheme, text]) => {
        try {
          parseEndpoint(scheme + text)
        } catch (error) {
          assert(error instanceof EndpointSyntaxError || error instanceof EndpointSchemeError, String(error))
        }
      }),
    )
  })
})

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map(address => `${address}%25x`),
)
const port = fc.integer({ min: 0, max: 65_535 })
const backlog = fc.integer({ min: 1, max: 65_535 })
const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter(value => !value.includes('\0'))
const endpoints = fc.oneof(
  fc.record({ scheme: fc.constant('tcp' as const), port, host, backlog }, { requiredKeys: ['scheme', 'port'] }),
  fc.record(
    {
      scheme: fc.constant('tls' as const),
      port,
      host,
      backlog,
      cert: text,
      key: text,
      ca: text,
      crl: text,
      servername: text,
      verify: fc.boolean(),
    },
    { requiredKeys: ['scheme', 'port', 'ca'] },
  ),
  fc.record(
    { scheme: fc.constant('unix' as const), path: text, mode: fc.integer({ min: 0, max: 0o7777 }), backlog },
    { requiredKeys: ['scheme', 'path'] },
  ),
)

describe('formatEndpoint', () => {
  it('is the inverse of parseEndpoint for every endpoint', () => {
    fc.assert(
      fc.property(endpoints, endpoint => {
        const written = formatEndpoint(endpoint)
        const read = parseEndpoint(written)
        assert.deepEqual(read, { ...endpoint })
        assert.equal(formatEndpoint(read), written)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('toEndpoint', () => {
  it('takes an endpoint as a string or as such', () => {
    const endpoint: Endpoint = { scheme: 'tcp', port: 8080 }
    assert.deepEqual(toEndpoint('tcp:8080'), endpoint)
    assert.equal(toEndpoint(endpoint), endpoint)
  })

  it('says what was given where that is neither', () => {
    for (const [given, shown] of [
      [undefined, '"undefined"'],
      [null, '"null"'],
      [8080, '"8080"'],
      [{ port: 8080 }, String.raw`"{\"port\":8080}"`],
      [{ scheme: 'toString' }, String.raw`"{\"scheme\":\"toString\"}"`],
    ] as const) {
      assert.throws(
        () => toEndpoint(given as unknown as Endpoint),
        (error: unknown) =>
          error instanceof EndpointSyntaxError &&
          error.message.includes(`${shown} is not valid`) &&
          error.message.includes('tcp:8080'),
      )
    }
  })
})
