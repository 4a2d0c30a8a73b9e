import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { Side } from './exchange.ts'
import { ACL_EXCHANGES } from './exchanges/acl.ts'
import { MASTER } from './exchanges/rights.ts'
import { type Sides, startSides } from './sides.ts'

describe('The Consul API administers tokens and policies as Consul does', { skip: missingEngine('consul') }, () => {
  let sides: Sides
  let consul: Side
  let ours: Side

  before(async () => {
    sides = await startSides({ acl: { master: MASTER } })
    consul = new Side(sides.consul)
    ours = new Side(sides.ours)
  })

  after(() => sides[Symbol.asyncDispose]())

  for (const [about, exchanges] of Object.entries(ACL_EXCHANGES)) {
    it(`about ${about}`, async t => {
      for (const exchange of exchanges) {
        const { method, path, body } = exchange
        const [theirs, own] = await Promise.all([consul.ask(exchange), ours.ask(exchange)])
        await t.test(`${method} ${path} ${body === undefined ? '' : JSON.stringify(body).slice(0, 80)}`.trim(), () =>
          assert.deepEqual(own, theirs),
        )
      }
    })
  }
})
