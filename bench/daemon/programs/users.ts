import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Instance } from '../../../src/discovery/instance.ts'

/** An ordinary instance: what a process on a host tells of itself. */
export function userInstance(number: number, serviceName = 'users'): Instance {
  return createInstance({
    serviceName,
    id: `${serviceName}-host-${number % 250}.example-${1000 + number}-${number.toString(36).padStart(6, '0')}`,
    endpoints: [`tcp://10.0.${number % 250}.7:${1024 + (number % 60_000)}`],
    zone: 'eu-west-1a',
    version: '1.4.2',
    tags: ['blue'],
    metadata: { commit: '4f2c9e1' },
  })
}
