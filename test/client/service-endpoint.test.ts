import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceGrammar, serviceSchemes } from '../../src/client/service-endpoint.ts'
import { EndpointGrammar } from '../../src/endpoint/grammar.ts'
import { endpointSchemes } from '../../src/endpoint/schemes.ts'

describe('serviceGrammar', () => {
  it('reads the name of a service in every form and writes it in one', () => {
    for (const text of ['service:users', 'service:name=users', 'service://users']) {
      assert.deepEqual(serviceGrammar.parse(text), { scheme: 'service', serviceName: 'users' })
    }
    for (const serviceName of ['users', 'a:b=c\\d', '[x]', 'büro 7']) {
      const text = serviceGrammar.format({ scheme: 'service', serviceName })
      assert.deepEqual(serviceGrammar.parse(text), { scheme: 'service', serviceName })
    }
  })

  it('tells what is wrong with what it does not understand', () => {
    assert.throws(() => serviceGrammar.parse('service:'), { code: 'ERR_ENDPOINT_SYNTAX' })
    assert.throws(() => serviceGrammar.parse('service:a/b'), { code: 'ERR_ENDPOINT_SYNTAX' })
    assert.throws(() => serviceGrammar.parse('service:users:8080'), { code: 'ERR_ENDPOINT_SYNTAX' })
    assert.throws(() => serviceGrammar.parse('tcp:80'), { code: 'ERR_ENDPOINT_SCHEME_UNKNOWN' })
  })

  it('goes together with the other schemes', () => {
    const grammar = new EndpointGrammar({ ...endpointSchemes, ...serviceSchemes })
    assert.equal(grammar.parse('service:users').scheme, 'service')
    assert.equal(grammar.parse('tcp:80').scheme, 'tcp')
  })
})
