import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { get as httpsGet } from 'node:https'
import { describe, it } from 'node:test'
import { ForeignPageError, isFromForeignPage, isSameOrigin, isThisMachine } from '../../src/daemon/foreign-page.ts'
import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../src/daemon/rest/rest-frontend.ts'
import { parseEndpoint } from '../../src/endpoint/parse-endpoint.ts'
import { certificate } from '../endpoint/sandbox.ts'

const asking = (host?: string, origin?: string) =>
  ({ headers: { ...(host !== undefined && { host }), ...(origin !== undefined && { origin }) } }) as IncomingMessage

/** What asks for `a:8500`, in a way of its own. */
const askingAs = (request: object) => ({ headers: { host: 'a:8500' }, url: '/', ...request }) as IncomingMessage

const isForeign = (listening: string, ...request: Parameters<typeof asking>) =>
  isFromForeignPage(asking(...request), parseEndpoint(listening))

describe('isSameOrigin', () => {
  it('holds for programs, and for pages of the host that is asked', () => {
    assert.ok(isSameOrigin(asking('127.0.0.1:8500')))
    assert.ok(isSameOrigin(asking('127.0.0.1:8500', 'http://127.0.0.1:8500')))
    assert.ok(isSameOrigin(asking('registry.example', 'https://registry.example')))
    assert.ok(isSameOrigin(asking('registry.example:443', 'https://registry.example')))
  })

  it('does not hold for pages of others, other ports among them, nor for pages without an origin', () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1:3000', 'null', '', 'file://', 'http://undefined']) {
      assert.ok(!isSameOrigin(asking('127.0.0.1:8500', origin)), origin)
      assert.ok(!isSameOrigin(asking(undefined, origin)), origin)
    }
  })
})

describe('isThisMachine', () => {
  it('holds for addresses and for localhost with all below it, which nobody can bind', () => {
    for (const host of ['127.0.0.1:8500', '[::1]:8500', '10.0.0.7', 'localhost', 'LOCALHOST:8500', 'a.localhost'])
      assert.ok(isThisMachine(host), host)
  })

  it('does not hold for any other name, nor for none', () => {
    for (const host of [
      'evil.example:8500',
      'notlocalhost',
      'localhost.evil.example',
      '127.0.0.1@evil.example',
      'evil.example@127.0.0.1',
      '127.0.0.1/evil.example',
      '127.0.0.1#evil.example',
      '127.0.0.1\\evil.example',
      '127.0.0.1.evil.example',
      '',
      undefined,
    ])
      assert.ok(!isThisMachine(host), String(host))
  })
})

describe('isFromForeignPage', () => {
  it('tells of names that may have been bound to a loopback interface', () => {
    for (const listening of ['tcp:8500:interface=127.0.0.1', 'tcp://[::1]:8500', 'tcp:8500:interface=localhost']) {
      assert.ok(isForeign(listening, 'evil.example:8500'))
      assert.ok(!isForeign(listening, 'localhost:8500'))
      assert.ok(!isForeign(listening, undefined), 'what comes without a host comes from no browser')
    }
  })

  it('lets a daemon on other interfaces, or on none, be asked by any name, but not by pages of others', () => {
    for (const listening of ['tcp:8500', 'tcp:8500:interface=10.0.0.7', 'unix:/run/x.sock', 'tls:8500:cert=c.pem']) {
      assert.ok(!isForeign(listening, 'registry.example:8500'))
      assert.ok(isForeign(listening, 'registry.example:8500', 'https://evil.example'))
    }
  })

  it('tells of what is asked in the name of two hosts', () => {
    const endpoint = parseEndpoint('tcp:8500')
    const named = (...rawHeaders: string[]) => isFromForeignPage(askingAs({ rawHeaders }), endpoint)
    assert.ok(!named('Host', 'a:8500', 'X', 'Host'))
    assert.ok(named('Host', 'a:8500', 'hOST', 'a:8500'))
    const target = (url: string) => isFromForeignPage(askingAs({ url }), endpoint)
    assert.ok(!target('http://a:8500/api/v1/services') && !target('*') && !target('//b/'))
    assert.ok(target('http://b:8500/api/v1/services') && target('http://a/') && target('https://user@b/'))
  })
})

describe('ForeignPageError', () => {
  it('says who asked for what', () => {
    const error = new ForeignPageError(asking('evil.example:8500', 'http://evil.example'))
    assert.equal(error.status, 403)
    assert.match(error.message, /evil\.example:8500 by a page of http:\/\/evil\.example/)
  })
})

describe('RegistryDaemon', () => {
  it('listens at several places, each with its own rule about the names that it may be called by', async t => {
    const tls = `tls:0:interface=127.0.0.1:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`
    const frontends = [new RestFrontend()]
    const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', alsoAt: [tls], frontends })
    t.after(() => daemon.stop())
    await daemon.start()
    const [plain = '', encrypted = ''] = daemon.endpoints
    const options = { path: '/api/v1/status', headers: { host: 'registry.example' }, agent: false }
    const trust = { servername: 'localhost', ca: readFileSync(certificate('ca.pem')) }
    const overTls = httpsGet({ ...options, ...trust, port: new URL(encrypted).port })
    const [answer] = (await once(overTls, 'response')) as [IncomingMessage]
    answer.resume()
    const [refused] = (await once(httpGet({ ...options, port: new URL(plain).port }), 'response')) as [IncomingMessage]
    refused.resume()
    assert.deepEqual([answer.statusCode, refused.statusCode], [200, 403])
  })
})
