import { describe, it } from 'node:test'
import { restartCases } from '../../../src/testing/registry-cases/restarts.ts'
import { catches, leasing, yielding } from './mutants.ts'

describe('restartCases', () => {
  it('catch a registry that forgets what it knew', async () => {
    const forgetful = yielding((set, before) => [before ? { ...set, instances: [] } : set])
    await catches(restartCases, ['serves what it knew when it comes back with its data'], forgetful)
  })

  it('catch one that vouches for what it has lost', async () => {
    const sure = yielding(set => [{ ...set, settled: true, known: true }])
    await catches(restartCases, ['does not vouch for an empty set that it came back with'], sure)
  })

  it('catch one whose revisions begin anew', async () => {
    const young = yielding(set => [{ ...set, revision: set.revision > 1000 ? 0 : set.revision }])
    const titles = ['goes on with its revisions, and its watches, when it comes back empty']
    await catches(restartCases, titles, young)
  })

  it('catch one whose leases do not outlive it', async () => {
    const brief = leasing(lease => ({ renew: () => lease.revoke() }))
    await catches(restartCases, ['goes on with its leases when it comes back with its data'], brief)
  })
})
