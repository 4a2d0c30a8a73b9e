import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSystemConfig } from '../../../src/cli/up/system-config.ts'

const users = { run: 'users.ts' }
const refuses = (config: unknown, message: RegExp) =>
  assert.throws(() => parseSystemConfig(config), { code: 'ERR_CLI_INVALID_CONFIG', message })

describe('parseSystemConfig', () => {
  it('fills in what is not said', () => {
    assert.deepEqual(parseSystemConfig({ applications: { users } }), {
      registry: { port: 8500, data: undefined },
      applications: [
        {
          name: 'users',
          run: { file: 'users.ts' },
          instances: 1,
          serviceName: 'users',
          after: [],
          environment: {},
          directory: '.',
          startMs: 30_000,
        },
      ],
    })
  })

  it('takes all that can be said', () => {
    const load = {
      command: ['python3', 'load.py'],
      instances: 2,
      service: false,
      after: ['users'],
      environment: { RATE: '5' },
      directory: 'load',
      startMs: 1_000,
    }
    const { registry, applications } = parseSystemConfig({ registry: 'ropewalk://h', applications: { users, load } })
    assert.equal(registry, 'ropewalk://h')
    assert.deepEqual(applications[1], {
      name: 'load',
      run: { command: ['python3', 'load.py'] },
      instances: 2,
      serviceName: undefined,
      after: ['users'],
      environment: { RATE: '5' },
      directory: 'load',
      startMs: 1_000,
    })
  })

  it('says which field is wrong', () => {
    refuses([], /^The configuration is \[\]: it must be an object/)
    refuses({}, /^applications is missing/)
    refuses({ applications: {} }, /^applications names no application/)
    refuses({ aplications: { users } }, /Did you mean "applications"\?/)
    refuses({ applications: { users: { run: 'a.ts', instances: 0 } } }, /^applications\.users\.instances is 0/)
    refuses({ applications: { users }, registry: { port: '8500' } }, /^registry\.port is '8500'/)
    refuses({ applications: { registry: users } }, /^applications\.registry .*reserved/)
  })

  it('wants one of "run" and "command"', () => {
    refuses({ applications: { users: {} } }, /^applications\.users needs "run" \(a file\) or "command"/)
    refuses({ applications: { users: { run: 'a.ts', command: ['a'] } } }, /^applications\.users has both/)
  })

  it('refuses an order that names nobody, or goes in a circle', () => {
    refuses(
      { applications: { a: { ...users, after: ['b'] } } },
      /^applications\.a\.after names "b", which is no application/,
    )
    refuses(
      { applications: { a: { ...users, after: ['b'] }, b: { ...users, after: ['a'] } } },
      /^applications\.a\.after leads back to the application itself/,
    )
  })
})
