import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EtcdAccessError, EtcdRefusedError } from '../../../src/adapters/etcd/errors.ts'
import { Token } from '../../../src/adapters/etcd/token.ts'

const user = { name: 'root', password: 'secret' }

describe('Token', () => {
  it('is asked for once, by however many want it, until it is forgotten', async () => {
    const asked: string[] = []
    const token = new Token(user, async body => ({ token: `${asked.push(body)}` }))
    assert.deepEqual(await Promise.all([token.get(undefined), token.get(undefined)]), ['1', '1'])
    assert.deepEqual(JSON.parse(asked[0] ?? ''), user)
    token.forget()
    assert.equal(await token.get(undefined), '2')
  })

  it('is empty where etcd asks for none', async () => {
    const token = new Token(user, async () => {
      throw new EtcdRefusedError('etcd', { code: 9, message: 'etcdserver: authentication is not enabled' })
    })
    assert.equal(await token.get(undefined), '')
  })

  it('is asked for again after it was refused', async () => {
    let refusals = 1
    const token = new Token(user, async () => {
      if (refusals-- > 0) throw new EtcdAccessError('etcd', 'no')
      return { token: 'good' }
    })
    await assert.rejects(token.get(undefined), { code: 'ERR_ETCD_ACCESS' })
    assert.equal(await token.get(undefined), 'good')
  })
})
