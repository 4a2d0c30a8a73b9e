import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'
import type { LogRecord } from '../../src/telemetry/log-record.ts'
import { prettyRecord } from '../../src/telemetry/pretty-record.ts'

const plain = (facts: Partial<LogRecord>) =>
  stripVTControlCharacters(
    prettyRecord({ level: 'info', area: 'cli', event: 'x', message: 'done', time: 0, ...facts }),
  ).replace(/^\S+ /, '')

describe('prettyRecord', () => {
  it('quotes a fact only where its end could be mistaken', () => {
    assert.equal(plain({ id: 'a-1', name: 'two words' }), "INFO  cli       done id=a-1 name='two words'")
  })

  it('keeps a fact of several values on the line', () => {
    assert.equal(plain({ ids: ['a', 'b'] }), "INFO  cli       done ids=[ 'a', 'b' ]")
  })

  it('rounds a fact to what people read', () => {
    assert.equal(plain({ tookMs: 134.32638800000007, held: 3 }), 'INFO  cli       done tookMs=134.3 held=3')
  })

  it('escapes line ends in a fact, so that one event stays one line', () => {
    assert.equal(plain({ name: 'a\nb' }), "INFO  cli       done name='a\\nb'")
  })

  it('lets no client forge a record or command a terminal with what it is called', () => {
    const record = prettyRecord({
      level: 'warn',
      area: 'daemon',
      event: 'x',
      message: 'refused to \u001b[2J\n12:00:00.000 INFO  daemon    all is well\r',
      time: 0,
      name: '\u001b[31mred',
      error: new Error('\u0007bell'),
    })
    // Without the colours of our own, if there are any.
    const lines = stripVTControlCharacters(record).split('\n')
    assert.equal(lines.length, 2)
    assert.match(lines[0] ?? '', /refused to \\x1b\[2J$/)
    assert.match(
      lines[1] ?? '',
      /^ {4}12:00:00\.000 INFO  daemon    all is well\\x0d .*name='\\x1B\[31mred' .*\\x07bell/,
    )
  })

  it('leaves out the facts that the message tells, and those there are not', () => {
    const facts = { path: '/users', status: 'failed', from: 'ready', at: 'user', reason: undefined }
    assert.equal(
      plain({ message: '/users failed: gone', ...facts }),
      'INFO  cli       /users failed: gone from=ready at=user',
    )
  })

  const refused = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' })

  it('shows the causes of a foreseen error without stacks, and only what the message does not say', () => {
    const error = new RegistryUnavailableError('ropewalk://h:1', { cause: refused })
    const record = { level: 'error', message: `no start: ${error.message}`, error } as const
    assert.equal(plain(record), `ERROR cli       no start: ${error.message}\n    because: connect ECONNREFUSED`)
    assert.match(plain({ ...record, level: 'warn' }), / error='connect ECONNREFUSED'$/)
    assert.equal(
      plain({ level: 'warn', message: `no: ${refused.message}`, error: refused }),
      `WARN  cli       no: ${refused.message}`,
    )
  })

  it('shows the stack of an error nobody has foreseen, wherever it is among the causes', () => {
    const error = new RegistryUnavailableError('ropewalk://h:1', { cause: new TypeError('x is no function') })
    assert.match(plain({ level: 'error', error }), /TypeError: x is no function\n +at /)
  })
})
