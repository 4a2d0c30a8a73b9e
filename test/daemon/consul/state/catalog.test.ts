import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Topics } from '../../../../src/daemon/consul/live/topics.ts'
import { Catalog } from '../../../../src/daemon/consul/state/catalog.ts'
import { requireRoom, requireShort } from '../../../../src/daemon/consul/state/limits.ts'
import { Stamps } from '../../../../src/daemon/consul/state/stamps.ts'
import { Turn } from '../../../../src/daemon/turn.ts'

function catalogInHand() {
  let index = 100
  const told: string[] = []
  const topics = new Topics(new Turn(), 100)
  const catalog = new Catalog({
    journal: { changed: () => {} },
    topics,
    stamps: new Stamps(() => ++index),
    onService: (node, id) => told.push(`${node} ${id}`),
    onCheckFailed: (node, id) => told.push(`${node} ${id} failed`),
    onNodeGone: node => told.push(`${node} gone`),
  })
  catalog.putNode({ ID: '', Node: 'n', Address: '1.1.1.1', Datacenter: 'dc1', TaggedAddresses: null, Meta: null })
  const service = { Node: 'n', ID: 'w', Service: 'web', Tags: [], Address: '', Meta: null, Port: 1 }
  const row = { ...service, Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false, isLocal: false }
  catalog.putService(row)
  const texts = { Name: 'c', Notes: '', Output: '', ServiceName: '', ServiceTags: [], Type: '', Definition: {} }
  const check = (CheckID: string, ServiceID: string, Status = 'passing') =>
    catalog.putCheck({ Node: 'n', CheckID, ServiceID, Status, ...texts })
  return { catalog, topics, told, row, check }
}

describe('Catalog', () => {
  it('changes nothing when it is told what it knows', () => {
    const { catalog, topics, row } = catalogInHand()
    const before = [catalog.service('n', 'w'), topics.revision(['service/web'])]
    catalog.putService({ ...row })
    assert.deepEqual([catalog.service('n', 'w'), topics.revision(['service/web'])], before)
  })

  it('tells of a change by the index that what changed has, and of what changes together by one', () => {
    const { topics, check, catalog, row } = catalogInHand()
    assert.equal(catalog.nodes.get('n')?.ModifyIndex, topics.revision(['nodes']))
    catalog.together(() => {
      catalog.putService({ ...row, Port: 2 })
      check('own', 'w')
    })
    const indexes = [catalog.service('n', 'w'), catalog.check('n', 'own')].map(changed => changed?.ModifyIndex)
    assert.deepEqual(indexes, Array(2).fill(topics.revision(['service/web'])))
  })

  it('tells a service by the checks of its node as well as its own, and no other service', () => {
    const { topics, check, catalog, row } = catalogInHand()
    catalog.putService({ ...row, ID: 'o', Service: 'other' })
    const [web, other] = [topics.revision(['service/web']), topics.revision(['service/other'])]
    check('own', 'w')
    assert.ok(topics.revision(['service/web']) > web)
    assert.equal(topics.revision(['service/other']), other)
    check('node', '')
    assert.ok(topics.revision(['service/other']) > other)
  })

  it('takes everything out that was on a node', () => {
    const { catalog, check, told } = catalogInHand()
    check('own', 'w')
    check('node', '')
    catalog.deleteNode('n')
    assert.deepEqual([catalog.nodes.size, catalog.services.size, catalog.checks.size], [0, 0, 0])
    assert.deepEqual([...catalog.names()], [])
    assert.ok(told.includes('n own failed') && told.includes('n gone'))
  })

  it('finds a service under its new name only', () => {
    const { catalog, row, topics } = catalogInHand()
    const before = topics.revision(['service/web'])
    catalog.putService({ ...row, Service: 'shop' })
    assert.deepEqual([[...catalog.servicesNamed('web')].length, [...catalog.servicesNamed('shop')].length], [0, 1])
    assert.ok(topics.revision(['service/web']) > before)
  })

  it('has limits', () => {
    assert.throws(() => requireRoom('queries', 10_000), { status: 500, message: /at most 10000 queries/ })
    requireRoom('queries', 9_999)
    assert.throws(() => requireShort('A name', 'ä'.repeat(2_049)), { status: 400, message: /longer than 4096 bytes/ })
    requireShort('A name', 'a'.repeat(4_096), undefined)
  })
})
