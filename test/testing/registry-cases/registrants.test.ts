import { describe, it } from 'node:test'
import { registrantCases } from '../../../src/testing/registry-cases/registrants.ts'
import { catches, leasing } from './mutants.ts'

describe('registrantCases', () => {
  it('catch a registry that takes renewals of what has lapsed', async () => {
    const lenient = leasing(lease => ({ renew: options => lease.renew(options).catch(() => {}) }))
    await catches(registrantCases, ['refuses a Registrant that renews too late, which then registers again'], lenient)
  })

  it('catch one whose renewals are for nothing', async () => {
    const idle = leasing(() => ({ renew: async () => {}, lost: new AbortController().signal }))
    await catches(registrantCases, ['keeps an instance for as long as its Registrant runs, and no longer'], idle)
  })
})
