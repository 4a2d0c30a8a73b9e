import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerError, cancelError } from '../../../src/adapters/etcd/answer-error.ts'

const codeOf = (error: Error) => (error as Error & { code?: string }).code
const codeFor = (code: number, message: string) => codeOf(answerError('etcd', { code, message }))
const codeBy = (reason: string) => codeOf(cancelError('etcd', reason))

describe('An answer of etcd that is an error', () => {
  it('is told by its code, and by what it says', () => {
    assert.equal(codeFor(16, 'etcdserver: invalid auth token'), 'ERR_ETCD_TOKEN')
    assert.equal(codeFor(3, 'etcdserver: revision of auth store is old'), 'ERR_ETCD_TOKEN')
    assert.equal(codeFor(7, 'etcdserver: permission denied'), 'ERR_ETCD_ACCESS')
    assert.equal(codeFor(3, 'etcdserver: user name is empty'), 'ERR_ETCD_ACCESS')
    assert.equal(codeFor(3, 'etcdserver: authentication failed, invalid user ID or password'), 'ERR_ETCD_ACCESS')
    assert.equal(codeFor(8, 'etcdserver: mvcc: database space exceeded'), 'ERR_ETCD_SPACE')
    assert.equal(codeFor(5, 'etcdserver: requested lease not found'), 'ERR_ETCD_LEASE_NOT_FOUND')
    const refusal = 'HTTP status 400: CommonName of client sending a request against gateway will be ignored'
    assert.equal(codeFor(0, refusal), 'ERR_ETCD_CERTIFICATE')
    assert.equal(codeFor(3, 'etcdserver: key is not provided'), 'ERR_ETCD_REFUSED')
  })

  it('that will pass is a matter of the node', () => {
    assert.equal(codeFor(14, 'etcdserver: no leader'), 'ERR_ETCD_NODE')
    assert.equal(codeFor(14, 'etcdserver: request timed out'), 'ERR_ETCD_NODE')
    assert.equal(codeFor(8, 'etcdserver: too many requests'), 'ERR_ETCD_NODE')
    assert.equal(codeFor(4, 'context deadline exceeded'), 'ERR_ETCD_NODE')
  })

  it('in the reason for the end of a watch is told the same way', () => {
    assert.equal(codeBy('rpc error: code = PermissionDenied desc = etcdserver: permission denied'), 'ERR_ETCD_ACCESS')
    assert.equal(codeBy('rpc error: code = Unauthenticated desc = etcdserver: invalid auth token'), 'ERR_ETCD_TOKEN')
    assert.equal(codeBy('rpc error: code = InvalidArgument desc = etcdserver: user name is empty'), 'ERR_ETCD_ACCESS')
    assert.equal(codeBy('etcdserver: no leader'), 'ERR_ETCD_NODE')
    assert.equal(codeBy(''), 'ERR_ETCD_NODE')
    assert.equal(codeBy('something else'), 'ERR_ETCD_REFUSED')
  })
})
