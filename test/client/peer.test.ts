import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import { Peer } from '../../src/client/peer.ts'
import { FakeClock } from '../../src/testing/index.ts'
import { instanceOf, peerOf, settingsOf } from './settings.ts'

const { signal } = new AbortController()

async function refuse(endpoint: string): Promise<Socket> {
  throw new Error(`refused by ${endpoint}`)
}

describe('Peer', () => {
  it('opens a socket to the first of its endpoints that can be connected to', async () => {
    const asked: string[] = []
    const socket = new Socket()
    const connect = async (endpoint: string) => {
      asked.push(endpoint)
      if (endpoint.startsWith('unix')) throw new Error('no such file')
      return socket
    }
    const instance = instanceOf('a', { endpoints: ['unix:/run/a.sock', 'tcp://10.0.0.1:80', 'tcp://10.0.0.2:80'] })
    assert.equal(await peerOf(instance, { connect }).open(signal), socket)
    assert.deepEqual(asked, ['unix:/run/a.sock', 'tcp://10.0.0.1:80'])
  })

  it('fails with what the last of its endpoints failed with', async () => {
    const peer = peerOf(instanceOf('a', { endpoints: ['tcp://10.0.0.1:80', 'tcp://10.0.0.2:80'] }), { connect: refuse })
    await assert.rejects(peer.open(signal), /refused by tcp:\/\/10.0.0.2:80/)
  })

  it('uses only TLS endpoints when only those will do', async () => {
    const asked: string[] = []
    const connect = async (endpoint: string) => {
      asked.push(endpoint)
      return new Socket()
    }
    const options = {
      serviceName: 'users',
      secure: true,
      settings: settingsOf({ connect }),
      onConnect: () => undefined,
      onConnectError: () => assert.fail('it was not asked to connect by a Pool'),
    }
    const both = instanceOf('a', { endpoints: ['tcp://10.0.0.1:80', 'tls://10.0.0.1:443'] })
    await new Peer(both, leastRequests, options).open(signal)
    assert.deepEqual(asked, ['tls://10.0.0.1:443'])
    await assert.rejects(new Peer(instanceOf('b'), leastRequests, options).open(signal), {
      code: 'ERR_NO_USABLE_ENDPOINT',
    })
  })

  it('gets a new pool with new endpoints, and keeps it with the same', () => {
    const peer = peerOf(instanceOf('a'))
    const { pool } = peer
    peer.update(instanceOf('a', { weight: 7 }))
    assert.deepEqual([peer.pool, peer.weight, peer.takeOutdated()], [pool, 7, undefined])
    peer.update(instanceOf('a', { endpoints: ['tcp://127.0.0.1:2'] }))
    assert.notEqual(peer.pool, pool)
    assert.equal(peer.takeOutdated(), pool)
    assert.equal(peer.takeOutdated(), undefined)
  })

  it('is renewed by a new start, another address or recovery, not by any other change', () => {
    const peer = peerOf(instanceOf('a', { status: 'suspect' }))
    const renewals: [ReturnType<typeof instanceOf>, boolean][] = [
      [instanceOf('a', { status: 'late' }), false],
      [instanceOf('a'), true],
      [instanceOf('a', { weight: 3 }), false],
      [instanceOf('a', { status: 'unconfirmed' }), false],
      [instanceOf('a'), false],
      [instanceOf('a', { startedAt: 5 }), true],
      [instanceOf('a', { startedAt: 5, endpoints: ['tcp://127.0.0.1:9'] }), true],
    ]
    for (const [instance, renewed] of renewals) {
      peer.update(instance)
      assert.equal(peer.takeRenewed(), renewed)
      assert.equal(peer.takeRenewed(), false)
    }
  })

  it('is silent since the first request that it owes an answer, or since its last answer', async () => {
    const clock = new FakeClock()
    const peer = peerOf(instanceOf('a'), { clock })
    await clock.advance(100)
    peer.sent()
    await clock.advance(100)
    peer.sent()
    assert.equal(peer.silentSince, 100)
    peer.answered(clock.now())
    assert.equal(peer.silentSince, 200)
    peer.settled()
    await clock.advance(100)
    peer.sent()
    assert.equal(peer.silentSince, 300)
  })

  it('is quiet when all that was written to it is answered or has failed', async () => {
    const peer = peerOf(instanceOf('a'))
    assert.equal(peer.quiet(), undefined)
    peer.sent()
    peer.sent()
    const quiet = peer.quiet()
    peer.answered(0)
    assert.equal(peer.quiet(), quiet)
    peer.settled()
    await quiet
    assert.equal(peer.quiet(), undefined)
    assert.equal(peer.answers, 1)
  })
})
