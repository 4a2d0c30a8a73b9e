import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lastOf, parseFlags } from '../../../src/cli/consul-compat/flags.ts'

describe('parseFlags', () => {
  it('reads options with one hyphen or two, with the value behind them or beside', () => {
    const flags = parseFlags([
      '-dev',
      '--node',
      'n1',
      '-http-port=8501',
      '-server=false',
      '-config-dir',
      'a',
      '-config-dir=b',
    ])
    assert.deepEqual(
      [...flags],
      [
        ['dev', ['true']],
        ['node', ['n1']],
        ['http-port', ['8501']],
        ['server', ['false']],
        ['config-dir', ['a', 'b']],
      ],
    )
    assert.deepEqual([lastOf(flags, 'config-dir'), lastOf(flags, 'bind')], ['b', undefined])
  })

  it('refuses what it does not know, and what lacks its value', () => {
    assert.throws(() => parseFlags(['-nope']), { message: 'flag provided but not defined: -nope' })
    assert.throws(() => parseFlags(['x']), { message: 'flag provided but not defined: x' })
    assert.throws(() => parseFlags(['-node']), { message: 'flag needs an argument: -node' })
  })
})
