import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { done } from '../../../../src/daemon/consul/http/answer.ts'
import { RouteTable } from '../../../../src/daemon/consul/http/route-table.ts'

const route = (path: string) => ({ path, methods: { GET: () => done }, support: 'yes' as const })

describe('RouteTable', () => {
  it('finds the exact path, else the longest that a path is below', () => {
    const table = new RouteTable(['/v1/agent/service/', '/v1/agent/service/register', '/v1/kv/'].map(route))
    const found = (path: string) => {
      const match = table.find(path)
      return match && [match.route.path, match.rest]
    }
    assert.deepEqual(found('/v1/agent/service/register'), ['/v1/agent/service/register', ''])
    assert.deepEqual(found('/v1/agent/service/web-1'), ['/v1/agent/service/', 'web-1'])
    assert.deepEqual(found('/v1/kv/a/b/c'), ['/v1/kv/', 'a/b/c'])
    assert.deepEqual(found('/v1/kv/'), ['/v1/kv/', ''])
    assert.equal(found('/v1/nope'), undefined)
    assert.ok(table.isPrefix('/v1/kv') && !table.isPrefix('/v1/nope'))
  })

  it('refuses two routes of one path', () => {
    assert.throws(() => new RouteTable([route('/a'), route('/a')]), TypeError)
  })
})
