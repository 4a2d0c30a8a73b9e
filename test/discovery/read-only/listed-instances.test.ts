import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listedInstances } from '../../../src/discovery/read-only/listed-instances.ts'

describe('listedInstances', () => {
  it('takes endpoints as URLs or as hosts with ports, and whatever else there is to say of an instance', () => {
    const list = {
      users: ['10.0.0.5:80', '[::1]:80', 'unix:/run/a.sock', { id: 'u', endpoints: ['tls://h:1'], weight: 2 }],
    }
    const found = listedInstances(list).map(({ id, endpoints, weight }) => [id, endpoints[0], weight])
    assert.deepEqual(found, [
      ['10.0.0.5:80', 'tcp://10.0.0.5:80', 1],
      ['[::1]:80', 'tcp://[::1]:80', 1],
      ['unix:|run|a.sock', 'unix:/run/a.sock', 1],
      ['u', 'tls://h:1', 2],
    ])
  })

  it('says where a list is wrong', () => {
    const wrong: [unknown, RegExp][] = [
      [null, /it is no object/],
      [[], /it is no object/],
      [{ users: 'x' }, /users is no list/],
      [{ users: ['h:1', 7] }, /users\[1\] is neither an endpoint nor an object/],
      [{ users: ['nonsense'] }, /users\[0\] is no instance: .*endpoints/],
      [{ users: [{ endpoints: ['h:1'], wieght: 2 }] }, /users\[0\] has a field "wieght"/],
      [{ users: [{ endpoints: ['h:1'], weight: -1 }] }, /users\[0\] is no instance: .*weight/],
      [{ users: ['h:1', 'h:1'] }, /users has the instance "h:1" twice/],
      [{ 'a/b': ['h:1'] }, /a\/b\[0\] is no instance: .*serviceName/],
    ]
    for (const [list, message] of wrong) {
      assert.throws(() => listedInstances(list), { code: 'ERR_INVALID_INSTANCE_LIST', message })
    }
  })
})
