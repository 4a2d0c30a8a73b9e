import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../src/core/event.ts'
import { RefusedClients } from '../../src/endpoint/refused-clients.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

const EXPIRED = 'CERT_HAS_EXPIRED'

function refusing(t: TestContext) {
  const clock = new FakeClock()
  const told: string[] = []
  t.after(observe('endpoint', ({ event, message }) => void (event === 'client.refused' && told.push(message))))
  return { clock, told, refused: new RefusedClients(clock, 'tls://10.0.0.1:8500') }
}

describe('RefusedClients', () => {
  it('are told each once a minute, with where from and why', async t => {
    const { clock, told, refused } = refusing(t)
    for (let times = 0; times < 3; times++) refused.tell({ address: '10.0.0.7', reason: EXPIRED })
    refused.tell({ address: '10.0.0.7', reason: 'CERT_REVOKED' })
    assert.deepEqual(told, [
      'A client of 10.0.0.7 is refused at tls://10.0.0.1:8500: its certificate has expired (CERT_HAS_EXPIRED)',
      'A client of 10.0.0.7 is refused at tls://10.0.0.1:8500: its certificate is in the list of those that are revoked (CERT_REVOKED); 2 refusals before were not told',
    ])
    await clock.advance(60_000)
    refused.tell({ address: undefined, reason: 'toString' })
    assert.match(told[2] ?? '', /^A client of an address that is gone is .* vouches for \(toString\)$/)
  })

  it('are ten a minute, however many there are', async t => {
    const { clock, told, refused } = refusing(t)
    for (let number = 0; number < 500; number++) refused.tell({ address: `10.0.1.${number % 250}`, reason: EXPIRED })
    assert.equal(told.length, 10)
    await clock.advance(60_000)
    refused.tell({ address: '10.0.0.7', reason: EXPIRED })
    assert.match(told[10] ?? '', /; 490 refusals before were not told$/)
  })
})
