import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ListenError } from '../../src/endpoint/errors.ts'
import { InvalidNameError, StartFailedError } from '../../src/application/errors.ts'
import { EXIT, exitStatusOf } from '../../src/application/exit-status.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function startFailed(cause: Error): Error {
  return new StartFailedError('/app/web', 'bind', cause)
}

describe('exitStatusOf', () => {
  it('tells by the code of the error or of one of its causes', () => {
    assert.equal(exitStatusOf(startFailed(systemError('EADDRINUSE'))), EXIT.EX_UNAVAILABLE)
    assert.equal(exitStatusOf(startFailed(systemError('EACCES'))), EXIT.EX_NOPERM)
    assert.equal(exitStatusOf(new Error('outer', { cause: startFailed(new InvalidNameError('')) })), EXIT.EX_CONFIG)
  })

  it('takes a folder that is not there for something missing, though the system speaks of rights', () => {
    const missing = new ListenError('unix:/nowhere/s', {
      cause: new Error('no folder', { cause: systemError('EACCES') }),
    })
    assert.equal(exitStatusOf(startFailed(missing)), EXIT.EX_UNAVAILABLE)
  })

  it('believes an error that says so itself', () => {
    assert.equal(exitStatusOf(Object.assign(systemError('EACCES'), { exitStatus: EXIT.EX_TEMPFAIL })), EXIT.EX_TEMPFAIL)
  })

  it('takes a mistake in the program for a fault of the software, not of the configuration', () => {
    assert.equal(exitStatusOf(systemError('ERR_INVALID_ARG_TYPE')), EXIT.EX_SOFTWARE)
    assert.equal(exitStatusOf('a string'), EXIT.EX_SOFTWARE)
  })

  it('comes to an end when causes form a loop', () => {
    const error = new Error('loop')
    error.cause = error
    assert.equal(exitStatusOf(error), EXIT.EX_SOFTWARE)
  })
})
