import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Exchange, Side } from './exchange.ts'
import { type Sides, startSides } from './sides.ts'

/** Within a suite: a test for each topic, which has its exchanges with a real Consul and with our own daemon and compares what both answer. */
export function compareExchanges(
  topics: Readonly<Record<string, readonly Exchange[]>>,
  options?: Parameters<typeof startSides>[0],
): void {
  let sides: Sides
  let consul: Side
  let ours: Side

  before(async () => {
    sides = await startSides(options)
    consul = new Side(sides.consul)
    ours = new Side(sides.ours)
  })

  after(() => sides[Symbol.asyncDispose]())

  for (const [about, exchanges] of Object.entries(topics)) {
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
}
