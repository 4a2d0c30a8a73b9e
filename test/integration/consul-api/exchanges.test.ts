import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { Side } from './exchange.ts'
import { AGENT_EXCHANGES } from './exchanges/agent.ts'
import { CATALOG_EXCHANGES } from './exchanges/catalog.ts'
import { KEYS_EXCHANGES } from './exchanges/keys.ts'
import { PROXIES_EXCHANGES } from './exchanges/proxies.ts'
import { REST_EXCHANGES } from './exchanges/rest.ts'
import { type Sides, startSides } from './sides.ts'

const EXCHANGES = {
  ...AGENT_EXCHANGES,
  ...CATALOG_EXCHANGES,
  ...KEYS_EXCHANGES,
  ...PROXIES_EXCHANGES,
  ...REST_EXCHANGES,
}

describe('The Consul API answers as Consul does', { skip: missingEngine('consul') }, () => {
  let sides: Sides
  let consul: Side
  let ours: Side

  before(async () => {
    sides = await startSides()
    consul = new Side(sides.consul)
    ours = new Side(sides.ours)
  })

  after(() => sides[Symbol.asyncDispose]())

  for (const [about, exchanges] of Object.entries(EXCHANGES)) {
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
