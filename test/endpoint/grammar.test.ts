import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import { EndpointGrammar, type Scheme } from '../../src/endpoint/grammar.ts'
import { endpointSchemes } from '../../src/endpoint/schemes.ts'

interface PigeonEndpoint {
  readonly scheme: 'pigeon'
  readonly name: string
}

const pigeon: Scheme<PigeonEndpoint> = {
  parse: fields => ({ scheme: 'pigeon', name: fields.need(fields.value(), 'the name of a pigeon').value }),
  print: ({ name }) => `pigeon:${name}`,
}

describe('EndpointGrammar', () => {
  it('understands a scheme of its own beside those that are there', () => {
    const grammar = new EndpointGrammar<Endpoint | PigeonEndpoint>({ ...endpointSchemes, pigeon })
    assert.deepEqual(grammar.parse('pigeon:carl'), { scheme: 'pigeon', name: 'carl' })
    assert.deepEqual(grammar.parse('tcp:80'), { scheme: 'tcp', port: 80 })
    assert.equal(grammar.format({ scheme: 'pigeon', name: 'carl' }), 'pigeon:carl')
    assert.equal(grammar.understands('pigeon:carl'), true)
  })

  it('does not lend it to others', () => {
    const grammar = new EndpointGrammar<Endpoint>(endpointSchemes)
    assert.equal(grammar.understands('pigeon:carl'), false)
    assert.throws(() => grammar.parse('pigeon:carl'), { code: 'ERR_ENDPOINT_SCHEME_UNKNOWN' })
  })

  it('names an example when there is no scheme at all', () => {
    assert.throws(() => new EndpointGrammar({ pigeon }).parse('carl'), { position: 0, expected: /pigeon:/ })
  })
})
