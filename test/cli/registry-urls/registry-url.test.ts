import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duration, flag, text } from '../../../src/cli/registry-urls/parameters.ts'
import { RegistryUrl } from '../../../src/cli/registry-urls/registry-url.ts'
import { messageOf } from './message-of.ts'

const urlOf = (rest: string) => new RegistryUrl(`etcd:${rest}`, { scheme: 'etcd', form: 'etcd://host:port' })
const readers = { token: text, tls: flag, quiet: duration }

describe('RegistryUrl', () => {
  it('takes hosts, credentials, path and parameters apart, decoded', () => {
    const url = urlOf('//a%40da:p%2F%3A@h1,h2:1,[::1]:2,[fe80::1%eth0]/a%20b/c/?token=x%26y&tls&quiet=2s')
    assert.deepEqual(url.credentials, { user: 'a@da', password: 'p/:' })
    assert.deepEqual(url.hosts({ port: 2379 }), [
      { host: 'h1', port: 2379 },
      { host: 'h2', port: 1 },
      { host: '::1', port: 2 },
      { host: 'fe80::1%eth0', port: 2379 },
    ])
    assert.equal(url.path, 'a b/c')
    assert.deepEqual(url.parameters(readers), { token: 'x&y', tls: true, quiet: 2_000 })
  })

  it('has no credentials, path and parameters where there are none', () => {
    const url = urlOf('//h')
    assert.deepEqual([url.credentials, url.path, url.parameters(readers)], [{}, '', {}])
    assert.deepEqual(urlOf('//ada@h').credentials, { user: 'ada' })
    assert.deepEqual(urlOf('//ada:@h?').credentials, { user: 'ada', password: '' })
    assert.equal(urlOf('./a%20file.yaml').text, './a file.yaml')
  })

  it('says at which character something is wrong', () => {
    const wrong: [string, RegExp][] = [
      ['//', /names no host \(character 8\)/],
      ['//ada@', /names no host \(character 12\)/],
      ['//h1,,h2', /a host is empty \(character 11\)/],
      ['//h1,h 2', /"h 2" is no host \(character 11\)/],
      ['//h1:0', /"0" is no port from 1 to 65535 \(character 11\)/],
      ['//h1:', /"" is no port from 1 to 65535 \(character 11\)/],
      ['//ada:%zz@h', /"%" must be followed by two hexadecimal digits .* \(character 12\)/],
      ['//ada:a/b@h', /"@" comes after the hosts/],
      ['//h#x', /"#" has no meaning here.*\(character 9\)/],
    ]
    for (const [rest, expected] of wrong) {
      const message = messageOf(() => {
        const url = urlOf(rest)
        return [url.credentials, url.hosts({ port: 1 })]
      })
      assert.match(message, expected, rest)
      assert.match(message, /\(accepted: etcd:\/\/host:port\)$/)
    }
  })

  it('refuses parameters that are unknown, given twice or wrong, and shows no value', () => {
    const wrong: [string, RegExp][] = [
      ['tokne=s3cret', /"tokne" is not known. Did you mean "token"\? \(character 10\)/],
      ['x=s3cret', /"x" is not known. it takes token, tls, quiet/],
      ['token=a&token=s3cret', /"token" is given twice \(character 18\)/],
      ['token=', /"token" is empty/],
      ['tls=s3cret', /"tls" must be true or false/],
      ['quiet=s3cret', /"quiet" must be a duration/],
      ['__proto__=s3cret', /"__proto__" is not known/],
      ['s3cret', /a parameter without a value \(not shown here\) is not known. it takes token.* \(character 10\)/],
      ['token=a&s3cret==', /a parameter without a value \(not shown here\) is not known/],
      ['tokne', /"tokne" is not known. Did you mean "token"/],
    ]
    for (const [query, expected] of wrong) {
      const message = messageOf(() => urlOf(`//h?${query}`).parameters(readers))
      assert.match(message, expected, query)
      assert.doesNotMatch(message, /s3cret/)
    }
    assert.match(
      messageOf(() => urlOf('//h?x=1').parameters({})),
      /it takes none/,
    )
  })
})
