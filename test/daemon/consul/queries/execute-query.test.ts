import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../../src/core/random.ts'
import { executeQuery } from '../../../../src/daemon/consul/queries/execute-query.ts'
import { completeQuery } from '../../../../src/daemon/consul/queries/query-row.ts'
import type { CatalogView } from '../../../../src/daemon/consul/rows/catalog-view.ts'

const entry = (ID: string, Node = 'n0', Meta: object | null = null) => ({
  node: { Node, Meta: { rack: Node } },
  service: { ID, Service: 'web', Tags: [], Meta },
  checks: [],
})

const view = {
  entries: () => [entry('a'), entry('b', 'n1', { zone: 'x' }), entry('c', 'n1'), entry('d', 'n2')],
} as unknown as CatalogView

function execute(fields: object, init: object = {}) {
  const query = {
    ID: 'q',
    ...completeQuery({ Service: { Service: 'web', ...fields } }),
    CreateIndex: 1,
    ModifyIndex: 1,
  }
  const found = executeQuery(query, { view, random: seededRandom(1), ownNode: 'n1', near: '', limit: 0, ...init })
  return found.map(one => (one as { Service: { ID: string } }).Service.ID)
}

describe('executeQuery', () => {
  it('shuffles what it finds', () => {
    const orders = new Set(
      Array.from({ length: 50 }, (_, seed) => execute({}, { random: seededRandom(seed) }).join('')),
    )
    assert.ok(orders.size > 10)
  })

  it('puts first what is near, if anything is to be', () => {
    assert.deepEqual(execute({}, { near: '_agent' }).slice(0, 2).toSorted(), ['b', 'c'])
  })

  it('goes by the metadata of nodes and services', () => {
    assert.deepEqual(execute({ NodeMeta: { rack: 'n2' } }), ['d'])
    assert.deepEqual(execute({ ServiceMeta: { zone: 'x' } }), ['b'])
  })
})
