import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeBody, type Shape } from '../../../../src/daemon/consul/go/decode.ts'

const SHAPE: Shape = {
  fields: {
    Name: 'string',
    Port: 'int',
    On: 'bool',
    Wait: 'duration',
    Tags: { list: 'string' },
    Meta: { map: 'string' },
    Check: { fields: { TTL: 'duration' } },
    More: { fields: { Known: 'int' }, open: true },
    Free: 'any',
  },
}

function refusal(text: string): string {
  try {
    decodeBody(text, SHAPE)
  } catch (error) {
    return (error as Error).message.replace('Request decode failed: ', '')
  }
  return ''
}

describe('decodeBody', () => {
  it('takes keys in any case, and gives them in the one that is written', () => {
    const text = '{"name":"web","PORT":80,"check":{"ttl":"5s"},"wait":7,"On":null,"meta":{"Zone":"a"},"free":[1]}'
    const expected = { Name: 'web', Port: 80, Check: { TTL: 5e9 }, Wait: 7, Meta: { Zone: 'a' }, Free: [1] }
    assert.deepEqual(decodeBody(text, SHAPE), expected)
  })

  it('reads the first value, and not what follows it', () => {
    assert.deepEqual(decodeBody(' {"Name":"web"}} {', SHAPE), { Name: 'web' })
    assert.equal(refusal('{"Name":"web"'), 'unexpected EOF')
    assert.equal(refusal(']{"Name":"web"}'), "invalid character ']' looking for beginning of value")
  })

  it('takes null for nothing, and for nothing in particular where something has to be', () => {
    assert.deepEqual(decodeBody('null', SHAPE), {})
    assert.deepEqual(decodeBody('{"Tags":[null,"a"],"Meta":{"a":null},"Name":null}', SHAPE), {
      Tags: ['', 'a'],
      Meta: { a: '' },
    })
  })

  it('keeps whole numbers that a double cannot hold', () => {
    assert.deepEqual(decodeBody('{"Port":18446744073709551615}', SHAPE), { Port: 18_446_744_073_709_551_615n })
  })

  it('refuses members that are not known, unless the object is open', () => {
    assert.equal(refusal('{"Nope":1}'), 'json: unknown field "Nope"')
    assert.equal(refusal('{"Check":{"Nope":1}}'), 'json: unknown field "Nope"')
    assert.deepEqual(decodeBody('{"More":{"Nope":1,"known":2}}', SHAPE), { More: { Known: 2 } })
    assert.equal(refusal('{"__proto__":1}'), 'json: unknown field "__proto__"')
  })

  it('refuses values of another type, and says where', () => {
    assert.equal(refusal('{"Port":"80"}'), 'json: cannot unmarshal string into Go struct field .Port of type int')
    assert.equal(refusal('{"Name":true}'), 'json: cannot unmarshal bool into Go struct field .Name of type string')
    assert.equal(refusal('{"Tags":"x"}'), 'json: cannot unmarshal string into Go struct field .Tags of type []string')
    assert.equal(
      refusal('{"Meta":[]}'),
      'json: cannot unmarshal array into Go struct field .Meta of type map[string]string',
    )
    assert.equal(refusal('{"Port":1.5}'), 'json: cannot unmarshal number 1.5 into Go struct field .Port of type int')
    assert.equal(refusal('{"Wait":"soon"}'), 'time: invalid duration "soon"')
    assert.equal(refusal('7'), 'json: cannot unmarshal number into Go value of type struct')
  })

  it('says which field of which of the types of Go it means, and of what decodes itself only where that is', () => {
    const weights: Shape = { go: 'api.Weights', fields: { Passing: 'int' } }
    const check: Shape = { sealed: true, fields: { Status: 'string' } }
    const shape: Shape = {
      go: 'api.Service',
      fields: { Weights: weights, Checks: { list: check }, Id: { named: 'api.ID' }, Index: 'uint', Value: 'base64' },
    }
    const said = (text: string) => {
      assert.throws(() => decodeBody(text, shape), /^ConsulRefusedError/)
      try {
        decodeBody(text, shape)
      } catch (error) {
        return (error as Error).message.replace('Request decode failed: json: cannot unmarshal ', '')
      }
      return ''
    }
    const passing = 'string into Go struct field Weights.Weights.Passing of type int'
    assert.equal(said('{"Weights":{"Passing":"1"}}'), passing)
    assert.equal(said('{"Weights":1}'), 'number into Go struct field Service.Weights of type api.Weights')
    assert.equal(said('{"Checks":[{"Status":1}]}'), 'number into Go struct field Service.Checks of type string')
    assert.equal(said('{"Id":1}'), 'number into Go struct field Service.Id of type api.ID')
    assert.equal(said('{"Index":-1}'), 'number -1 into Go struct field Service.Index of type uint64')
    assert.equal(said('[]'), 'array into Go value of type api.Service')
    assert.equal(said('{"Value":"a"}'), 'Request decode failed: illegal base64 data at input byte 1')
    assert.deepEqual(decodeBody('{"Value":[104,105]}', shape), { Value: 'aGk=' })
  })

  it('takes the other names of fields where the first say nothing, and tells the type that does so', () => {
    const target: Shape = { go: 'structs.Target', fields: { A: 'int' } }
    const shape: Shape = {
      go: 'structs.Proxy',
      sealed: true,
      aka: { LocalPort: 'local_port', Target: 'the_target' },
      fields: { LocalPort: 'int', Target: target },
    }
    assert.deepEqual(decodeBody('{"LOCAL_PORT":1,"the_target":{"A":2}}', shape), { LocalPort: 1, Target: { A: 2 } })
    assert.deepEqual(decodeBody('{"LocalPort":1,"local_port":2}', shape), { LocalPort: 1 })
    for (const text of ['{"LocalPort":0,"local_port":2}', '{"local_port":2,"LocalPort":0}'])
      assert.deepEqual(decodeBody(text, shape), { LocalPort: 2 })
    const type =
      'struct { LocalPortSnake int "json:\\"local_port\\""; TargetSnake *structs.Target "json:\\"the_target\\""; *structs.Alias }'
    const told = (error: Error) => error.message.endsWith(` of type ${type}`)
    assert.throws(() => decodeBody('{"P":5}', { fields: { P: shape } }), told)
    const list: Shape = { fields: { P: { list: shape }, Q: { list: shape, go: 'structs.Proxies' } } }
    assert.throws(() => decodeBody('{"P":5}', list), /of type \[\]structs\.Proxy$/)
    assert.throws(() => decodeBody('{"Q":5}', list), /of type structs\.Proxies$/)
  })

  it('refuses what is not JSON', () => {
    assert.equal(refusal(''), 'EOF')
    assert.equal(refusal('{'), 'unexpected EOF')
  })
})
