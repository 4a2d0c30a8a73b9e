import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printTree } from '../../../src/application/print-tree.ts'
import { createSystem } from '../../../src/cli/up/system.ts'
import { parseSystemConfig } from '../../../src/cli/up/system-config.ts'
import { inspect } from '../../../src/application/inspect.ts'

const config = (registry: unknown) =>
  parseSystemConfig({
    registry,
    applications: {
      load: { command: ['./load'], service: false, after: ['orders'] },
      orders: { run: 'orders.ts', after: ['users'] },
      users: { run: 'users.ts', instances: 2 },
    },
  })
const options = { directory: '/system', freePort: async () => 4711 }
const paths = (report: ReturnType<typeof inspect>): string[] => [report.path, ...report.children.flatMap(paths)]

describe('createSystem', () => {
  it('is a tree: the registry, then the applications with their processes, each behind those it comes after', async () => {
    const system = await createSystem(config({ port: 0 }), options)
    assert.deepEqual(paths(inspect(system)), [
      '/up',
      '/up/registry',
      '/up/registry/daemon',
      '/up/registry/registry',
      '/up/users',
      '/up/users/users.1',
      '/up/users/users.2',
      '/up/users/found',
      '/up/orders',
      '/up/orders/orders.1',
      '/up/orders/found',
      '/up/load',
      '/up/load/load.1',
    ])
    assert.match(printTree(system), /users\.2/)
  })

  it('runs no registry when it is told the URL of one', async () => {
    const system = await createSystem(config('ropewalk://127.0.0.1:1'), options)
    assert.deepEqual(paths(inspect(system)).slice(1, 3), ['/up/registry', '/up/registry/registry'])
  })
})
