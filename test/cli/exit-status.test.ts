import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommanderError } from 'commander'
import { UnknownServiceError } from '../../src/client/errors.ts'
import { UnusableFileError } from '../../src/cli/errors.ts'
import { RegistryRefusedError } from '../../src/adapters/daemon/index.ts'
import { EXIT_STATUS_HELP, EXIT_STATUS, exitStatusOf } from '../../src/cli/exit-status.ts'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'

describe('exitStatusOf', () => {
  it('is 64 for a wrong command line, 0 for help', () => {
    assert.equal(exitStatusOf(new CommanderError(1, 'commander.unknownOption', 'unknown')), 64)
    assert.equal(exitStatusOf(new CommanderError(0, 'commander.help', 'help')), 0)
  })

  it('is what the error says itself', () => {
    assert.equal(
      exitStatusOf(new UnusableFileError('a.ts', 'does not exist', { exitStatus: EXIT_STATUS.EX_NOINPUT })),
      66,
    )
  })

  it('goes by the code of what commands see otherwise than applications, and else by what an application would end with', () => {
    assert.equal(exitStatusOf(new UnknownServiceError('users', 0)), 68)
    assert.equal(exitStatusOf(new RegistryUnavailableError('ropewalk://x')), 75)
  })

  it('is 77 for what the registry does not permit', () => {
    for (const code of ['ERR_FORBIDDEN', 'ERR_TOKEN_UNKNOWN']) {
      assert.equal(exitStatusOf(new RegistryRefusedError({ code, message: 'no' })), 77)
    }
  })

  it('is 70 for what nobody expected', () => {
    assert.equal(exitStatusOf(new TypeError('x is undefined')), 70)
    assert.equal(exitStatusOf('thrown'), 70)
  })
})

describe('EXIT_STATUS_HELP', () => {
  it('explains every status', () => {
    for (const status of Object.values(EXIT_STATUS)) assert.match(EXIT_STATUS_HELP, new RegExp(`\\b${status}\\b`))
  })
})
