import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
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

  it('escapes line ends in a fact, so that one event stays one line', () => {
    assert.equal(plain({ name: 'a\nb' }), "INFO  cli       done name='a\\nb'")
  })
})
