import { describe, it } from 'node:test'
import { drainCases } from '../../../src/testing/registry-cases/draining.ts'
import { catches, delegating, leasing } from './mutants.ts'

const done = { acknowledged: true, watchers: 1, missing: [], tookMs: 0 }

describe('drainCases', () => {
  it('catch a registry that does not wait', async () => {
    const hasty = leasing(lease => ({
      async drain() {
        lease.drain({ drainMs: 1 }).catch(() => {})
        return done
      },
    }))
    const titles = [
      'waits for a reader that is busy with the set it got',
      'gives up at the limit, and says who is missing',
    ]
    await catches(drainCases, titles, hasty)
  })

  it('catch one that does not mark what it drains', async () => {
    const secretive = leasing(() => ({ drain: async () => done }))
    const titles = [
      'shows a draining instance as such until it is revoked',
      'drains one instance and leaves the others',
    ]
    await catches(drainCases, titles, secretive)
  })

  it('catch one that revokes what it should drain', async () => {
    const abrupt = leasing(lease => ({
      async drain() {
        await lease.revoke()
        return done
      },
    }))
    await catches(drainCases, ['shows a draining instance as such until it is revoked'], abrupt)
  })

  it('catch one that takes handing out for acknowledging', async () => {
    await catches(drainCases, ['waits for a reader that is busy with the set it got'], registry => ({
      ...delegating(registry),
      async *watch(serviceName, options) {
        const watch = registry.watch(serviceName, options)[Symbol.asyncIterator]()
        let next = watch.next()
        try {
          for (let result = await next; !result.done; result = await next) {
            next = watch.next()
            next.catch(() => {})
            yield result.value
          }
        } finally {
          void watch.return?.()
        }
      },
    }))
  })

  it('catch one that waits for those who left', async () => {
    await catches(drainCases, ['does not wait for a watch that ends'], registry => ({
      ...delegating(registry),
      watch(serviceName, options) {
        const inner = registry.watch(serviceName, options)[Symbol.asyncIterator]()
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => inner.next(),
            return: async () => ({ done: true, value: undefined }),
          }),
        }
      },
    }))
  })
})
