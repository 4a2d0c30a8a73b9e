import { describe, it } from 'node:test'
import { registrationCases } from '../../../src/testing/registry-cases/registration.ts'
import { catches, leasing, registering, yielding } from './mutants.ts'

describe('registrationCases', () => {
  it('catch a registry that loses a field', async () => {
    const forgetful = registering(instance => ({ ...instance, zone: '' }))
    await catches(registrationCases, ['lists an instance as it was written'], forgetful)
  })

  it('catch one that lists in the order of arrival', async () => {
    const disorderly = yielding(set => [{ ...set, instances: set.instances.toReversed() }])
    await catches(registrationCases, ['lists the instances of a service in the order of their ids'], disorderly)
  })

  it('catch one that forgets to change or to remove', async () => {
    const idle = leasing(() => ({ update: async () => {}, revoke: async () => {} }))
    const titles = [
      'changes an instance in place and leaves the others',
      'removes an instance whose lease is revoked, and does not mind a second time',
      'takes one id under two service names for two instances',
      'takes what the same process registers again for a change',
    ]
    await catches(registrationCases, titles, idle)
  })

  it('catch one that shows renewals', async () => {
    const noisy = leasing(lease => ({ renew: () => lease.update({ weight: lease.instance.weight + 1 }) }))
    await catches(registrationCases, ['shows nobody a renewal'], noisy)
  })
})
