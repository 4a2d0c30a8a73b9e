import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Instance, InstanceInit } from '../../../src/discovery/instance.ts'
import { Owner, type OwnerKind, type Claim } from '../../../src/discovery/store/owner.ts'

/** An instance of `users`, for tests. */
export function users(id: string, init: Partial<InstanceInit> = {}): Instance {
  return createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...init })
}

/** A claim on an instance by an owner heard of at 0, for tests. */
export function claimOf(
  instance: Instance,
  { kind = 'session', ttlMs = 1_000 }: { kind?: OwnerKind; ttlMs?: number } = {},
): Claim {
  const owner = new Owner({ id: 'owner', name: 'its owner' }, { kind, now: 0 })
  return { number: 1, instance, owner, ttlMs, drainRevision: 0, gone: false, createRevision: 0, revision: 0 }
}
