import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SessionClient } from '../../../src/adapters/daemon/client.ts'
import { RegistryRefusedError } from '../../../src/adapters/daemon/errors.ts'
import { Leases } from '../../../src/adapters/daemon/leases.ts'
import type { Answer, RequestBody } from '../../../src/adapters/daemon/requests.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const instance = createInstance({ serviceName: 'users', id: 'u1', endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })
const key = { service: 'users', id: 'u1' }

/** Leases whose requests are answered by `answer`. */
function leases(answer: (body: RequestBody) => Promise<Answer> = async () => ({ type: 'ok', seq: 1 })) {
  const asked: RequestBody[] = []
  const client = {
    async request(body: RequestBody, { onDone }: { onDone?: () => void }) {
      asked.push(body)
      const answered = await answer(body)
      onDone?.()
      return answered
    },
  }
  return { asked, leases: new Leases(client as unknown as SessionClient, { clock: new FakeClock(), requestMs: 1_000 }) }
}

const refuse = (code: string) => () => Promise.reject(new RegistryRefusedError({ code, message: 'no' }))

describe('Leases', () => {
  it('hold what was registered until it is revoked or lost', async () => {
    const { leases: made } = leases()
    const lease = await made.register(instance, { ttlMs: 1_000 })
    assert.deepEqual(made.keys(), [key])
    await lease.revoke()
    assert.deepEqual(made.keys(), [])
    const again = await made.register(instance, { ttlMs: 1_000 })
    made.lose(key)
    assert.deepEqual([made.keys(), again.lost.aborted, lease.lost.aborted], [[], true, false])
  })

  it('claim what is being asked for, so that a resumed session keeps it', async () => {
    const waiting = Promise.withResolvers<Answer>()
    const { leases: made } = leases(() => waiting.promise)
    const asked = made.register(instance, { ttlMs: 1_000 })
    assert.deepEqual(made.keys(), [key])
    made.reconcile([])
    waiting.resolve({ type: 'ok', seq: 1 })
    assert.equal((await asked).lost.aborted, false)
  })

  it('lose what a daemon no longer holds', async () => {
    const { leases: made } = leases()
    const kept = await made.register(instance, { ttlMs: 1_000 })
    const lost = await made.register({ ...instance, id: 'u2' }, { ttlMs: 1_000 })
    made.reconcile([key])
    assert.deepEqual([kept.lost.aborted, lost.lost.aborted], [false, true])
  })

  it('stand when registering them anew is refused', async () => {
    let refusing = false
    const { leases: made } = leases(async () => (refusing ? refuse('ERR_JOURNAL')() : { type: 'ok', seq: 1 }))
    const lease = await made.register(instance, { ttlMs: 1_000 })
    refusing = true
    await assert.rejects(made.register({ ...instance, weight: 9 }, { ttlMs: 2_000 }), { daemonCode: 'ERR_JOURNAL' })
    assert.deepEqual([made.keys(), lease.instance.weight, lease.ttlMs], [[key], 1, 1_000])
  })

  it('hold what is registered though another registration of the same, under way meanwhile, is refused', async () => {
    const granted = Promise.withResolvers<Answer>()
    const answers = [refuse('ERR_JOURNAL'), () => granted.promise]
    const { leases: made } = leases(async () => answers.shift()?.() ?? assert.fail('nothing else is asked'))
    const refused = made.register(instance, { ttlMs: 1_000 })
    const held = made.register(instance, { ttlMs: 1_000 })
    await assert.rejects(refused, { daemonCode: 'ERR_JOURNAL' })
    granted.resolve({ type: 'ok', seq: 2 })
    const lease = await held
    assert.deepEqual([lease.lost.aborted, made.keys()], [false, [key]])
  })

  for (const [daemonCode, code] of [
    ['ERR_INSTANCE_CONFLICT', 'ERR_INSTANCE_CONFLICT'],
    ['ERR_LEASE_LOST', 'ERR_LEASE_LOST'],
    ['ERR_REGISTRY_LIMIT', 'ERR_REGISTRY_REFUSED'],
  ] as const) {
    it(`turn the daemon's ${daemonCode} into ${code}`, async () => {
      const { leases: made } = leases(refuse(daemonCode))
      await assert.rejects(made.register(instance, { ttlMs: 1_000 }), { code })
    })
  }

  it('share a renewal under way, and begin another after it', async () => {
    const { asked, leases: made } = leases()
    await Promise.all([made.renew(), made.renew()])
    await made.renew()
    assert.equal(asked.length, 2)
  })

  it('can be renewed again after a renewal that failed', async () => {
    let fail = true
    const { leases: made } = leases(async () => {
      if (fail) throw new Error('away')
      return { type: 'ok', seq: 1 }
    })
    await assert.rejects(made.renew(), /away/)
    fail = false
    await made.renew()
  })
})
