import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RouteTree } from '../../src/web/route-tree.ts'

function tree(...patterns: string[]): RouteTree<string> {
  const routes = new RouteTree<string>()
  for (const pattern of patterns) routes.add('GET', pattern, pattern)
  return routes
}

function find(routes: RouteTree<string>, path: string): [string | undefined, object] | undefined {
  const match = routes.find(path.slice(1).split('/'))
  return match && [match.methods.get('GET'), match.params]
}

describe('RouteTree', () => {
  it('prefers a fixed segment to a parameter, and that to the rest', () => {
    const routes = tree('/a/b', '/a/:x', '/a/*rest', '/')
    assert.deepEqual(find(routes, '/a/b'), ['/a/b', {}])
    assert.deepEqual(find(routes, '/a/c'), ['/a/:x', { x: 'c' }])
    assert.deepEqual(find(routes, '/a/c/d'), ['/a/*rest', { rest: 'c/d' }])
    assert.deepEqual(find(routes, '/a/b/d'), ['/a/*rest', { rest: 'b/d' }])
    assert.deepEqual(find(routes, '/a'), ['/a/*rest', { rest: '' }])
    assert.deepEqual(find(routes, '/'), ['/', {}])
    assert.equal(find(routes, '/b'), undefined)
  })

  it('turns back when a preferred segment leads nowhere', () => {
    const routes = tree('/a/b/c', '/:x/:y/d')
    assert.deepEqual(find(routes, '/a/b/d'), ['/:x/:y/d', { x: 'a', y: 'b' }])
  })

  it('names parameters by the pattern that was taken', () => {
    const routes = tree('/s/:name', '/s/:id/x')
    assert.deepEqual(find(routes, '/s/1'), ['/s/:name', { name: '1' }])
    assert.deepEqual(find(routes, '/s/1/x'), ['/s/:id/x', { id: '1' }])
  })

  it('does not take an empty segment for a parameter', () => {
    assert.equal(find(tree('/s/:name'), '/s/'), undefined)
  })

  it('refuses malformed and repeated routes', () => {
    assert.throws(() => tree('a'), TypeError)
    assert.throws(() => tree('/*a/b'), TypeError)
    assert.throws(() => tree('/a', '/a'), TypeError)
  })
})
